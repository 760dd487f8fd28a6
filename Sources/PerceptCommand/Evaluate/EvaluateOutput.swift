import Percept

struct EvaluateOutput: Encodable {
  struct Misclassified: Encodable {
    let file: String
    let label: String
    let predicted: String
    let probability: Double
  }

  enum Key: CodingKey {
    case misclassified, skipped, unsure, comparison
  }

  let evaluation: Evaluation
  let rejection: Rejection?
  let comparison: ModelComparison?

  init(_ evaluation: Evaluation, rejection: Rejection?, comparison: ModelComparison?) {
    (self.evaluation, self.rejection, self.comparison) = (evaluation, rejection, comparison)
  }

  func encode(to encoder: any Encoder) throws {
    try ScoreOutput(evaluation.score).encode(to: encoder)
    try MetricsOutput(evaluation).encode(to: encoder)
    try VerdictOutput(evaluation.verdict).encode(to: encoder)
    let misclassified = evaluation.misclassified.map { outcome in
      Misclassified(
        file: outcome.example.file, label: evaluation.classNames[outcome.example.label],
        predicted: evaluation.classNames[outcome.prediction.label], probability: outcome.prediction.probability)
    }
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(misclassified, forKey: .misclassified)
    try container.encode(evaluation.dataset.skipped.map(SkippedOutput.init), forKey: .skipped)
    try container.encodeIfPresent(rejection?.output, forKey: .unsure)
    try container.encodeIfPresent(comparison?.output, forKey: .comparison)
  }
}
