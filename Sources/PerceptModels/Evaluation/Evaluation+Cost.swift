import PerceptDatasets

extension Evaluation {
  /// Returns the mean loss over all images, at least 0. It includes no penalties, class weights, or label smoothing, so
  /// models can be compared regardless of how they were trained.
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
