/// When a training ends because other pictures than the training's no longer profit; the best weights are kept.
public struct EarlyStopping: Sendable, Hashable {
  /// So many looks at the validation part, without a cost lower than the lowest before, end the training.
  public let patience: Int
  /// How many iterations (in batches: epochs) lie between two looks.
  public let every: Int

  /// A rule.
  ///
  /// - Parameters:
  ///   - patience: looks without a lower cost, at least 1.
  ///   - every: iterations, in batches epochs, from one look to the next, at least 1.
  public init(patience: Int, every: Int = 1) {
    self.patience = patience
    self.every = every
  }
}
