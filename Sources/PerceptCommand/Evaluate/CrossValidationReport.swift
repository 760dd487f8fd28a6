import Percept

struct CrossValidationReport {
  let result: CrossValidatedEvaluation
  let folds: Range
  let repeats: Range

  struct Range: Encodable {
    let lowest: Double
    let mean: Double
    let deviation: Double
    let highest: Double

    init(_ scores: [Score]) {
      let accuracies = scores.map(\.accuracy)
      let statistics = SampleStatistics(accuracies)
      (mean, deviation) = (statistics?.mean ?? 0, statistics?.deviation ?? 0)
      (lowest, highest) = (accuracies.min() ?? 0, accuracies.max() ?? 0)
    }

    /// The range, the mean, and the standard deviation: `accuracy 45.0 to 95.0 %, mean 67.4 % ± 10.2 %`.
    var words: String {
      let (low, middle, wide, high) = (
        (100 * lowest).fixed(1), (100 * mean).fixed(1), (100 * deviation).fixed(1), (100 * highest).fixed(1)
      )
      return "accuracy \(low) to \(high) %, mean \(middle) % ± \(wide) %"
    }
  }

  init(_ result: CrossValidatedEvaluation) {
    self.result = result
    folds = Range(result.folds)
    repeats = Range(result.repeats.map(\.score))
  }

  var lines: [String] {
    var lines = [
      "accuracy: \(accuracy); \(result.score.baseline)", "verdict: \(result.verdict.sentence)",
    ]
    lines += result.answers.linesOfMetrics(means: result.repeats.count > 1 ? result.confusion : nil)
    lines.append(
      "folds: \(counted(result.folds.count, "test")) of \(sizes), each with its own model: \(folds.words)")
    if result.repeats.count > 1 {
      lines.append(
        "repeats: \(result.repeats.count) tests of all \(counted(result.score.count, "image")): \(repeats.words)")
    }
    return lines + [
      "The training images of the folds overlap, so the folds are not independent: the true interval is somewhat wider."
    ]
  }

  /// The score or, for several repeats, their mean accuracy.
  private var accuracy: String {
    let score = result.score
    guard result.repeats.count > 1 else { return score.summary }
    return
      "\((100 * result.accuracy).fixed(1)) % on average over \(result.repeats.count) repeats (about \(score.correct) "
      + "of \(score.count); 95 % interval \(score.interval))"
  }

  /// `20 or 21 images`.
  private var sizes: String {
    let sizes = Set(result.folds.map(\.count)).sorted()
    guard let first = sizes.first, let last = sizes.last, first < last else {
      return counted(sizes.first ?? 0, "image")
    }
    return "\(first) \(last == first + 1 ? "or" : "to") \(last) images"
  }
}

/// The JSON output. The rates are means over the repeats. The counts are means rounded to whole images, and the
/// confidence interval is that of the rounded count.
struct CrossValidationOutput: Encodable {
  struct Fold: Encodable {
    let `repeat`: Int
    let accuracy: Double
    let correct: Int
    let count: Int
  }

  enum Key: CodingKey {
    case accuracy, folds, repeats, foldAccuracy, repeatAccuracy, diverged, seed, skipped, figure
  }

  let report: CrossValidationReport
  let seed: UInt64
  let figure: String?

  init(_ report: CrossValidationReport, seed: UInt64, figure: String?) {
    (self.report, self.seed, self.figure) = (report, seed, figure)
  }

  func encode(to encoder: any Encoder) throws {
    let result = report.result
    try ScoreOutput(result.score).encode(to: encoder)
    try MetricsOutput(result.answers, means: result.repeats.count > 1 ? result.confusion : nil).encode(to: encoder)
    try VerdictOutput(result.verdict).encode(to: encoder)
    let perRepeat = result.folds.count / result.repeats.count
    let folds = result.folds.enumerated().map { index, score in
      Fold(repeat: index / perRepeat + 1, accuracy: score.accuracy, correct: score.correct, count: score.count)
    }
    var container = encoder.container(keyedBy: Key.self)
    // Replaces the accuracy of the rounded count.
    try container.encode(result.accuracy, forKey: .accuracy)
    try container.encode(folds, forKey: .folds)
    try container.encode(result.repeats.map(\.accuracy), forKey: .repeats)
    try container.encode(report.folds, forKey: .foldAccuracy)
    try container.encode(report.repeats, forKey: .repeatAccuracy)
    try container.encode(result.divergedCount, forKey: .diverged)
    try container.encode(seed, forKey: .seed)
    try container.encode(result.repeats[0].dataset.skipped.map(SkippedOutput.init), forKey: .skipped)
    try container.encodeIfPresent(figure, forKey: .figure)
  }
}
