/// What training minimizes: the cost, which is the mean loss of the training examples and a penalty on large weights.
public struct Objective: Sendable, Hashable {
  /// The loss of one example.
  public let loss: Loss
  /// λ: the cost contains λ/2·‖W‖². Biases are not penalised.
  public let l2: Double

  /// The mean of `loss` over the training examples, and λ/2 times the sum of squared weights.
  ///
  /// - Parameters:
  ///   - loss: the loss of one example.
  ///   - l2: λ, at least 0.
  public init(_ loss: Loss, l2: Double = 0) {
    self.loss = loss
    self.l2 = l2
  }

  /// A bound L on the curvature of the cost of one unit: the loss's own times λmax/m, and λ.
  ///
  /// - Parameters:
  ///   - eigenvalue: λmax of XᵀX, where the scaled examples X have a feature of ones.
  ///   - examples: m.
  /// - Returns: L.
  package func largestCurvature(eigenvalue: Double, examples: Int) -> Double {
    loss.largestCurvature * eigenvalue / Double(examples) + l2
  }
}
