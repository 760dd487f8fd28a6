import ArgumentParser
import Percept

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Say how many labelled pictures a model gets right, and which not.",
    discussion: """
      EXAMPLES:
        percept evaluate faces.safetensors held-out/
        percept evaluate faces.safetensors split.csv          only its test part
        percept evaluate faces.safetensors held-out/ --min-accuracy 0.9 || echo too few
        percept evaluate fashion.safetensors /usr/share/datasets/fashion-mnist --classes 1=trouser,3=dress

      Classes are matched by name. Where DATA is split, only its test part counts.
      """)

  @Argument(help: "A model file, as percept train writes it.")
  var model: String

  @OptionGroup var data: DataOptions

  @OptionGroup var grouping: GroupOptions
  @OptionGroup var leaking: LeakOptions

  @Option(parsing: .unconditional, help: "How many misclassified pictures to list; --json lists all.")
  var limit = 20

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Exit with 1 where the accuracy is lower: a gate for scripts, 0 to 1.", valueName: "share"))
  var minAccuracy: Double?

  mutating func validate() throws {
    guard (0...1).contains(minAccuracy ?? 0) else {
      throw ValidationError("--min-accuracy is from 0 to 1, as 0.9; \(minAccuracy ?? 0) is not.")
    }
    guard limit >= 0 else { throw ValidationError("--limit is not negative, as \(limit) is.") }
  }

  func run() throws {
    let classifier = try Classifier(contentsOf: model)
    let evaluation = try classifier.evaluate(on: test(for: classifier))
    if data.json {
      try Terminal.print(json: EvaluateOutput(evaluation))
      return try checkGate(evaluation)
    }
    Terminal.print("accuracy: \(evaluation.score.summary); \(evaluation.score.baseline)")
    Terminal.print("verdict: \(evaluation.verdict.sentence)")
    printMetrics(of: evaluation)
    let misclassified = evaluation.misclassified
    Terminal.print("misclassified: \(misclassified.count)")
    let rows = misclassified.prefix(limit).map { outcome in
      [
        "  \(outcome.example.file)", evaluation.classNames[outcome.example.label],
        "predicted \(evaluation.classNames[outcome.prediction.label])", outcome.prediction.probability.fixed(4),
      ]
    }
    aligned(rows).forEach(Terminal.print)
    if misclassified.count > limit { Terminal.print("  … and \(misclassified.count - limit) more (--limit, --json)") }
    try checkGate(evaluation)
  }

  /// How well each class is found, and what the probabilities are worth.
  private func printMetrics(of evaluation: Evaluation) {
    let rows = evaluation.classMetrics.map { metrics in
      [
        "  \(metrics.name)", "\(metrics.truePositives) of \(metrics.labelled) found",
        "precision \(metrics.precision.map { percent($0.part, of: $0.count) } ?? "unknown")",
        "recall \(metrics.recall.map { percent($0.part, of: $0.count) } ?? "unknown")",
        "F1 \(metrics.f1?.fixed(3) ?? "unknown")",
      ]
    }
    aligned(rows).forEach(Terminal.print)
    let area = evaluation.areaUnderROC.map { ", area under ROC \($0.fixed(3))" } ?? ""
    Terminal.print(
      "balanced accuracy \((100 * evaluation.balancedAccuracy).fixed(1)) %, log loss \(evaluation.cost().fixed(4)), "
        + "Brier score \(evaluation.brierScore.fixed(4))\(area)")
  }

  /// Fails where fewer are right than was asked for.
  private func checkGate(_ evaluation: Evaluation) throws {
    guard let minAccuracy, evaluation.accuracy < minAccuracy else { return }
    throw BelowGate(score: evaluation.score, least: minAccuracy)
  }

  /// What the model is judged on; where the data has a training part too, that is held against it.
  private func test(for classifier: Classifier) throws -> Dataset {
    let (training, test) = try data.parts(for: classifier)
    guard let training else { return test }
    var parts = Parts(training: training, test: test)
    let whole = try grouping.groups(of: test)
    _ = try leaking.check(&parts, groupedBy: whole, path: data.path, isQuiet: data.quiet)
    return parts.test ?? test
  }
}

/// Fewer right answers than were asked for.
struct BelowGate: Error, CustomStringConvertible {
  let score: Score
  let least: Double

  var description: String { "the accuracy, \(score.plain), is below the \(least) of --min-accuracy" }
}

/// An evaluation, for machines: the keys of its score, its metrics, and the misclassified.
private struct EvaluateOutput: Encodable {
  struct Class: Encodable {
    let name: String
    let labelled: Int
    let answered: Int
    let correct: Int
    let precision: Double?
    let recall: Double?
    let f1: Double?

    init(_ metrics: ClassMetrics) {
      (name, labelled, answered) = (metrics.name, metrics.labelled, metrics.answered)
      correct = metrics.truePositives
      (precision, recall, f1) = (metrics.precision?.value, metrics.recall?.value, metrics.f1)
    }
  }

  struct Misclassified: Encodable {
    let file: String
    let label: String
    let predicted: String
    let probability: Double
  }

  enum Key: CodingKey {
    case misclassified, skipped, classes, confusion, balancedAccuracy, logLoss, brierScore, areaUnderROC, verdict,
      finding
    case calibrationError, pValue, morePictures
  }

  let evaluation: Evaluation

  let score: ScoreOutput
  let misclassified: [Misclassified]
  let skipped: [SkippedOutput]

  init(_ evaluation: Evaluation) {
    self.evaluation = evaluation
    skipped = evaluation.dataset.skipped.map(SkippedOutput.init)
    score = ScoreOutput(evaluation.score)
    misclassified = evaluation.misclassified.map { outcome in
      Misclassified(
        file: outcome.example.file, label: evaluation.classNames[outcome.example.label],
        predicted: evaluation.classNames[outcome.prediction.label], probability: outcome.prediction.probability)
    }
  }

  func encode(to encoder: any Encoder) throws {
    try score.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(misclassified, forKey: .misclassified)
    try container.encode(skipped, forKey: .skipped)
    try container.encode(evaluation.classMetrics.map(Class.init), forKey: .classes)
    try container.encode(evaluation.confusion, forKey: .confusion)
    try container.encode(evaluation.balancedAccuracy, forKey: .balancedAccuracy)
    try container.encode(evaluation.cost(), forKey: .logLoss)
    try container.encode(evaluation.brierScore, forKey: .brierScore)
    try container.encode(evaluation.areaUnderROC, forKey: .areaUnderROC)
    try container.encode(evaluation.calibration.error, forKey: .calibrationError)
    let verdict = evaluation.verdict
    try container.encode(verdict.sentence, forKey: .verdict)
    try container.encode(verdict.finding, forKey: .finding)
    try container.encode(verdict.comparison.pValue, forKey: .pValue)
    try container.encode(verdict.morePictures, forKey: .morePictures)
  }
}
