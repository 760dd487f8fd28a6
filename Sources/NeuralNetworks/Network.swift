import LinearAlgebra

/// Layers in a row, the first of which sees pixels. A neuron is a network of one layer with one unit.
public struct Network: Sendable, Hashable {
  /// The layers, inputs first.
  public package(set) var layers: [DenseLayer]

  package init(layers: [DenseLayer]) {
    precondition(!layers.isEmpty, "a network has at least one layer")
    self.layers = layers
  }

  /// One sigmoid unit, all weights and the bias zero: logistic regression before its first step.
  ///
  /// - Parameter inputs: how many features an example has.
  /// - Returns: a network of one layer.
  public static func neuron(inputs: Int) -> Network {
    Network(layers: [DenseLayer(weights: .zeros(rows: 1, columns: inputs), bias: [0], activation: .sigmoid)])
  }

  /// How many features an example has.
  public var inputs: Int { layers[0].weights.columns }

  /// z = Σ w·x / 255 + b of the one unit, for one example.
  ///
  /// This is the only code behind a reported prediction. It sums in a fixed order, one example at a time, so the same
  /// picture gives the same bits everywhere on one machine.
  ///
  /// - Parameter pixels: `inputs` bytes, each scaled by 1/255 in the arithmetic.
  /// - Returns: z.
  package func logit(of pixels: UnsafeBufferPointer<UInt8>) -> Double {
    layers[0].weights.elements.withUnsafeBufferPointer { PixelKernels.dot($0, pixels) } / 255 + layers[0].bias[0]
  }
}

extension Network {
  /// Whether every weight and bias is a finite number.
  package var isFinite: Bool {
    layers.allSatisfy { $0.weights.elements.allSatisfy(\.isFinite) && $0.bias.allSatisfy(\.isFinite) }
  }
}
