public import PerceptLinearAlgebra

/// A layer in which every unit sees every input: a = activation(W·x + b).
public struct DenseLayer: Sendable, Hashable {
  /// W, units x inputs.
  public var weights: Matrix
  /// b, one per unit.
  public var bias: [Double]
  /// What is applied to W·x + b.
  public let activation: Activation

  /// A layer of given weights.
  ///
  /// - Parameters:
  ///   - weights: units x inputs.
  ///   - bias: one per unit.
  ///   - activation: what is applied to W·x + b.
  public init(weights: Matrix, bias: [Double], activation: Activation) {
    precondition(bias.count == weights.rows, "\(bias.count) biases do not fit \(weights.rows) units")
    self.weights = weights
    self.bias = bias
    self.activation = activation
  }

  /// z = W·x + b.
  ///
  /// - Parameter x: one number for each input.
  /// - Returns: one for each unit.
  func preactivations(of x: [Double]) -> [Double] {
    weights.elements.withUnsafeBufferPointer { elements in
      x.withUnsafeBufferPointer { x in
        bias.indices.map { unit in
          bias[unit] + dot(elements.baseAddress.map { $0 + unit * weights.columns }, x.baseAddress, x.count)
        }
      }
    }
  }
}
