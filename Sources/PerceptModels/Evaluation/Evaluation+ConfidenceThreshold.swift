import PerceptDatasets

extension Prediction {
  /// Returns whether the probability of the predicted class is at least a confidence threshold, 0 … 1.
  package func isConfident(atLeast probability: Double) -> Bool { self.probability >= probability }
}

extension Evaluation {
  /// Returns the evaluation on the images whose predictions reach a confidence threshold, 0 … 1; nil if there are none.
  package func sure(atLeast probability: Double) -> Evaluation? {
    let rows = outcomes.indices.filter { outcomes[$0].prediction.isConfident(atLeast: probability) }
    guard !rows.isEmpty else { return nil }
    return subset(rows)
  }
}
