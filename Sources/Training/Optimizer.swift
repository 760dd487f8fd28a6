/// The rule that turns gradients into new weights.
public enum Optimizer: Sendable, Hashable {
  /// W ← W - α·dW and b ← b - α·db, with gradients over all training examples.
  case gradientDescent(learningRate: LearningRate = .automatic)
}

/// How big a step is: α.
public enum LearningRate: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// This α, on the pixels as they are.
  case fixed(Double)
  /// α = 1/L, where L bounds the curvature of the cost, on pixels from which the training mean image is subtracted.
  ///
  /// Subtracting it lowers L by 5 to 260 times on real pictures, so the same iterations come much further. The mean is
  /// folded into the bias afterwards: the finished weights take pixels as they are.
  case automatic

  /// The rate that a literal gives.
  public init(floatLiteral value: Double) {
    self = .fixed(value)
  }

  /// The rate that a whole number gives.
  public init(integerLiteral value: Int) {
    self = .fixed(Double(value))
  }
}
