import Percept

struct EvaluateOutput: Encodable {
  struct Misclassified: Encodable {
    let file: String
    let label: String
    let predicted: String
    let probability: Double
  }

  /// The numbers of images that were left out because the model was trained or validated on them.
  struct Seen: Encodable {
    let training: Int
    let validation: Int
  }

  enum Key: CodingKey {
    case accuracy, interval, count, seen, note, misclassified, skipped, unsure, comparison
  }

  let result: UnseenEvaluation
  let rejection: Rejection?
  let comparison: ModelComparison?

  init(_ result: UnseenEvaluation, rejection: Rejection?, comparison: ModelComparison?) {
    (self.result, self.rejection, self.comparison) = (result, rejection, comparison)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    if let evaluation = result.evaluation {
      try ScoreOutput(evaluation.score).encode(to: encoder)
      try MetricsOutput(evaluation).encode(to: encoder)
      if result.verified != nil {
        try VerdictOutput(evaluation.verdict).encode(to: encoder)
      } else {
        // Of images that the model may have seen, only the counts are given.
        try container.encodeNil(forKey: .accuracy)
        try container.encodeNil(forKey: .interval)
      }
      try container.encode(misclassified(of: evaluation), forKey: .misclassified)
    } else {
      try container.encodeNil(forKey: .accuracy)
      try container.encode(0, forKey: .count)
    }
    // Null if it is unknown which images the model has seen.
    try container.encode(result.seen.map { Seen(training: $0.training, validation: $0.validation) }, forKey: .seen)
    try container.encodeIfPresent(result.sentence, forKey: .note)
    try container.encode(result.dataset.skipped.map(SkippedOutput.init), forKey: .skipped)
    try container.encodeIfPresent(rejection?.output, forKey: .unsure)
    try container.encodeIfPresent(comparison?.output, forKey: .comparison)
  }

  private func misclassified(of evaluation: Evaluation) -> [Misclassified] {
    evaluation.misclassified.map { outcome in
      Misclassified(
        file: outcome.example.file, label: evaluation.classNames[outcome.example.label],
        predicted: evaluation.classNames[outcome.prediction.label], probability: outcome.prediction.probability)
    }
  }
}
