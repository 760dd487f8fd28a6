import PerceptDatasets

extension Evaluation {
  /// The mean loss of all pictures, without penalties, class weights or smoothed labels, so that it compares models however
  /// they were trained.
  ///
  /// - Parameter loss: the loss of one picture.
  /// - Returns: the mean, at least 0.
  public func cost(_ loss: Loss = .crossEntropy) -> Double {
    outcomes.reduce(0) { sum, outcome in
      let (logits, label) = (outcome.prediction.scaledLogits, outcome.example.label)
      return sum
        + (logits.count == 1
          ? loss.value(logit: logits[0], label: Double(label))
          : loss.value(logits: logits, targets: logits.indices.map { $0 == label ? 1 : 0 }))
    } / Double(outcomes.count)
  }
}
