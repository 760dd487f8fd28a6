import ArgumentParser
import Percept

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Evaluate a model on labeled images.",
    discussion: """
      EXAMPLES:
        percept evaluate faces.safetensors held-out/
        percept evaluate faces.safetensors split.csv
        percept evaluate faces.safetensors held-out/ --min-accuracy 0.9 || exit 1
        percept evaluate faces.safetensors held-out/ --compare other.safetensors
        percept evaluate faces.safetensors held-out/ --reject-below 0.8
        percept evaluate cats.safetensors pets/ --classes tabby=cat,siamese=cat,dog

      Classes are matched by name. If DATA is split, only its test split is used.
      To evaluate a training configuration instead of a model, use
      percept cross-validate (the same as percept evaluate --cross-validate).
      """)

  @Argument(help: "A model file written by percept train.")
  var model: String

  @OptionGroup(title: "Data") var data: DataOptions

  @OptionGroup(title: "Splits") var grouping: GroupOptions
  @OptionGroup(title: "Splits") var leaking: LeakOptions

  @Option(parsing: .unconditional, help: "Number of misclassified images to list.")
  var limit = 20

  @OptionGroup var threshold: AccuracyThreshold

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Report \"unsure\" if the probability is below p (0 to 1).", valueName: "p"))
  var rejectBelow: Double?

  @Option(help: ArgumentHelp("Compare with this model, which has the same classes.", valueName: "model"))
  var compare: String?

  mutating func validate() throws {
    try checkRejection(rejectBelow)
    guard limit >= 0 else { throw ValidationError("--limit must be ≥ 0 (got \(limit)).") }
  }

  func run() throws {
    let classifier = try Classifier(model: model, beside: [data.path])
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

  /// Loads the model to compare with. Throws ``OtherModel`` if it has other classes.
  private func comparable(_ path: String, with classifier: Classifier) throws -> Classifier {
    let other = try Classifier(contentsOf: path)
    guard Set(other.classNames) == Set(classifier.classNames) else {
      throw OtherModel(
        path: path,
        problem: "has the classes \(other.classNames.joined(separator: ", ")), but \(model) has "
          + "\(classifier.classNames.joined(separator: ", ")); only models with the same classes can be compared")
    }
    return other
  }

  /// Returns the test images. If the data has a training split, checks them for leaks from it.
  private func test(for classifier: Classifier) throws -> Dataset {
    let (training, test) = try data.splits(for: classifier)
    guard let training else { return test }
    var splits = DatasetSplits(training: training, test: test)
    let groups = try grouping.groups(of: test)
    _ = try leaking.check(&splits, groupedBy: groups, path: data.path, isQuiet: data.quiet)
    return splits.test ?? test
  }
}
