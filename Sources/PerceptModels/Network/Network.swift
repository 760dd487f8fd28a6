import PerceptLinearAlgebra

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
    Network(inputs: inputs, classes: 2)
  }

  /// A network that tells classes apart: one sigmoid unit at its end for two, one softmax unit for each of more.
  ///
  /// - Parameters:
  ///   - inputs: how many features an example has.
  ///   - hidden: the units of each hidden layer, inputs first; none makes a neuron, or one neuron a class.
  ///   - classes: how many classes there are, at least 2.
  ///   - activation: what hidden layers apply.
  ///   - initialization: where weights start; by default zeros without hidden layers, ``Initialization/he`` for hidden layers
  ///     of ReLU and ``Initialization/xavier`` for others.
  ///   - seed: what random weights start from.
  public init(
    inputs: Int, hidden: [Int] = [], classes: Int, activation: Activation = .relu,
    initialization: Initialization? = nil, seed: UInt64 = 0
  ) {
    precondition(inputs > 0 && classes > 1 && hidden.allSatisfy { $0 > 0 }, "every layer has units")
    precondition(Activation.hidden.contains(activation), "softmax is no hidden layer's")
    var generator = SeededGenerator(seed: seed)
    let initialization = initialization ?? Self.initialization(hidden: hidden, activation: activation)
    let units = hidden + [Self.logitCount(classes: classes)]
    layers = zip([inputs] + hidden, units).enumerated().map { index, shape in
      let isLast = index == hidden.count
      return DenseLayer(
        weights: initialization.weights(inputs: shape.0, units: shape.1, using: &generator),
        bias: Array(repeating: 0, count: shape.1),
        activation: isLast ? (classes == 2 ? .sigmoid : .softmax) : activation)
    }
  }

  /// How many units tell so many classes apart: one for two, otherwise one each.
  package static func logitCount(classes: Int) -> Int { classes == 2 ? 1 : classes }

  private static func initialization(hidden: [Int], activation: Activation) -> Initialization {
    if hidden.isEmpty { return .zeros }
    return [.relu, .leakyReLU].contains(activation) ? .he : .xavier
  }

  /// How many features an example has.
  public var inputs: Int { layers[0].weights.columns }

  /// How many classes it tells apart.
  public var classCount: Int {
    let units = layers[layers.count - 1].bias.count
    return units == 1 ? 2 : units
  }

  /// The pre-activations of the last layer for one example: z of the one unit, or one for each class.
  ///
  /// This is the only code behind a reported prediction. It sums in a fixed order, one example at a time, so the same
  /// picture gives the same bits everywhere on one machine.
  ///
  /// - Parameter pixels: `inputs` bytes, each scaled by 1/255 in the arithmetic.
  /// - Returns: one logit for each unit of the last layer.
  package func logits(of pixels: UnsafeBufferPointer<UInt8>) -> [Double] {
    logits(fromFirst: firstPreactivations(of: pixels))
  }
}

extension Network {
  /// Whether every weight and bias is a finite number.
  package var isFinite: Bool {
    layers.allSatisfy { $0.weights.elements.allSatisfy(\.isFinite) && $0.bias.allSatisfy(\.isFinite) }
  }
}
