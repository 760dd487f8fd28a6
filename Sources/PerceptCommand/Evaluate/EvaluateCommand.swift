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
        percept evaluate faces.safetensors held-out/ --compare other.safetensors
        percept evaluate faces.safetensors held-out/ --reject-below 0.8
        percept evaluate fashion.safetensors /usr/share/datasets/fashion-mnist --classes 1=trouser,3=dress

        percept evaluate --cross-validate faces/ --folds 10   judges a way to train

      Classes are matched by name. Where DATA is split, only its test part counts.
      """)

  @Argument(help: "A model file, as percept train writes it.")
  var model: String

  @OptionGroup var data: DataOptions

  @OptionGroup var grouping: GroupOptions
  @OptionGroup var leaking: LeakOptions

  @Option(parsing: .unconditional, help: "How many misclassified pictures to list; --json lists all.")
  var limit = 20

  @OptionGroup var threshold: AccuracyThreshold

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Answer \"unsure\" where the highest probability is lower, 0 to 1, and say how right the other answers are.",
      valueName: "p"))
  var rejectBelow: Double?

  @Option(
    help: ArgumentHelp(
      "Another model of the same classes: say which of both is better on these pictures, and whether that may be chance.",
      valueName: "model"))
  var compare: String?

  @Flag(
    help: """
      Judge a way to train, without a model: percept evaluate --cross-validate DATA takes the options of percept train \
      (percept evaluate --cross-validate --help).
      """)
  var crossValidate = false

  mutating func validate() throws {
    try checkRejection(rejectBelow)
    guard limit >= 0 else { throw ValidationError("--limit is not negative, as \(limit) is.") }
  }

  func run() throws {
    let classifier = try Classifier(contentsOf: model)
    let other = try compare.map { try comparable($0, with: classifier) }
    let evaluation = try classifier.evaluate(on: test(for: classifier))
    let comparison = try other.map { try ModelComparison(evaluation, model, with: $0, compare ?? "", on: data) }
    let rejection = rejectBelow.map { Rejection(evaluation, below: $0) }
    if data.json {
      try Terminal.print(json: EvaluateOutput(evaluation, rejection: rejection, comparison: comparison))
      return try threshold.check(evaluation.score)
    }
    Terminal.print("accuracy: \(evaluation.score.summary); \(evaluation.score.baseline)")
    Terminal.print("verdict: \(evaluation.verdict.sentence)")
    evaluation.metricsLines.forEach(Terminal.print)
    rejection?.lines.forEach(Terminal.print)
    comparison?.lines.forEach(Terminal.print)
    printMisclassified(of: evaluation)
    try threshold.check(evaluation.score)
  }

  private func printMisclassified(of evaluation: Evaluation) {
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

  /// The model to compare with.
  private func comparable(_ path: String, with classifier: Classifier) throws -> Classifier {
    let other = try Classifier(contentsOf: path)
    guard Set(other.classNames) == Set(classifier.classNames) else {
      throw OtherModel(
        path: path,
        problem: "it tells \(other.classNames.joined(separator: ", ")) apart, and \(model) "
          + "\(classifier.classNames.joined(separator: ", ")); only models of the same classes can be compared")
    }
    return other
  }

  /// What the model is judged on; where the data has a training part too, that is held against it.
  private func test(for classifier: Classifier) throws -> Dataset {
    let (training, test) = try data.splits(for: classifier)
    guard let training else { return test }
    var splits = DatasetSplits(training: training, test: test)
    let whole = try grouping.groups(of: test)
    _ = try leaking.check(&splits, groupedBy: whole, path: data.path, isQuiet: data.quiet)
    return splits.test ?? test
  }
}
