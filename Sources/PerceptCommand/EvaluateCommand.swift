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
        percept evaluate fashion.safetensors /usr/share/datasets/fashion-mnist --classes 1=trouser,3=dress

      Classes are matched by name. Where DATA is split, only its test part counts.
      """)

  @Argument(help: "A model file, as percept train writes it.")
  var model: String

  @OptionGroup var data: DataOptions

  @Option(parsing: .unconditional, help: "How many misclassified pictures to list; --json lists all.")
  var limit = 20

  mutating func validate() throws {
    guard limit >= 0 else { throw ValidationError("--limit is not negative, as \(limit) is.") }
  }

  func run() throws {
    let classifier = try Classifier(contentsOf: model)
    let evaluation = try classifier.evaluate(on: data.parts(for: classifier).test)
    if data.json { return try Terminal.print(json: EvaluateOutput(evaluation)) }
    Terminal.print("accuracy: \(evaluation.score.summary); \(evaluation.score.baseline)")
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
  }
}

/// An evaluation, for machines: the keys of its score, and the misclassified.
private struct EvaluateOutput: Encodable {
  struct Misclassified: Encodable {
    let file: String
    let label: String
    let predicted: String
    let probability: Double
  }

  enum Key: CodingKey {
    case misclassified, skipped
  }

  let score: ScoreOutput
  let misclassified: [Misclassified]
  let skipped: [SkippedOutput]

  init(_ evaluation: Evaluation) {
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
  }
}
