/// What training minimizes: the cost, which is the mean loss of the training examples.
public struct Objective: Sendable, Hashable {
  /// The loss of one example.
  public let loss: Loss

  /// The mean of `loss` over the training examples.
  public init(_ loss: Loss) {
    self.loss = loss
  }
}
