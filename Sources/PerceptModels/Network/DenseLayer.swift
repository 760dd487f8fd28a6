public import PerceptLinearAlgebra

/// A fully connected layer: a = activation(W·x + b).
public struct DenseLayer: Sendable, Hashable {
  /// The weights W, units x inputs.
  public var weights: Matrix
  /// The biases b, one for each unit.
  public var bias: [Double]
  /// The activation function, applied to W·x + b.
  public let activation: Activation

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - weights: the weights W, units x inputs.
  ///   - bias: the biases b, one for each unit.
  ///   - activation: the activation function.
  public init(weights: Matrix, bias: [Double], activation: Activation) {
    precondition(bias.count == weights.rows, "needs \(weights.rows) biases, one for each unit (got \(bias.count))")
    self.weights = weights
    self.bias = bias
    self.activation = activation
  }

  /// Returns the pre-activations z = W·x + b.
  package func preactivations(of x: [Double]) -> [Double] {
    weights.elements.withUnsafeBufferPointer { elements in
      x.withUnsafeBufferPointer { x in
        bias.indices.map { unit in
          bias[unit] + dot(elements.baseAddress.map { $0 + unit * weights.columns }, x.baseAddress, x.count)
        }
      }
    }
  }
}
