/// A rule that ends a training run when the validation cost no longer decreases. The resulting weights are those with
/// the lowest validation cost.
public struct EarlyStopping: Sendable, Hashable, Codable {
  /// The number of consecutive validation results without a new lowest cost after which the run ends, at least 1.
  public let patience: Int
  /// The number of iterations, or of epochs with batches, between validation results, at least 1.
  public let every: Int

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - patience: the number of consecutive results without a new lowest cost, at least 1.
  ///   - every: the number of iterations, or of epochs with batches, between validation results, at least 1.
  public init(patience: Int, every: Int = 1) {
    self.patience = patience
    self.every = every
  }
}
