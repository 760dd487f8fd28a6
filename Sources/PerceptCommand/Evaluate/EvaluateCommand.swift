import ArgumentParser
import Percept

struct EvaluateCommand: ClusterCommand {
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

      Classes are matched by name. If DATA is split, only its test split is used or,
      without one, its validation split. Images that the model was trained or
      validated on are left out, so DATA can be the folder that it was trained on.

      To evaluate a training configuration instead of a model, use
      percept cross-validate (the same as percept evaluate --cross-validate).
      """)

  @Argument(help: "A model file written by percept train.", completion: .model)
  var model: String

  @OptionGroup(title: "Data") var data: DataOptions

  @OptionGroup(title: "Splits") var grouping: GroupOptions
  @OptionGroup(title: "Splits") var leaking: LeakOptions

  @Option(parsing: .unconditional, help: "Number of misclassified images to list.")
  var limit = 20

  @OptionGroup var threshold: AccuracyThreshold
  @OptionGroup var unseen: UnseenOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Report \"unsure\" if the probability is below p (0 to 1).", valueName: "p"))
  var rejectBelow: Double?

  @Option(
    help: ArgumentHelp("Compare with this model, which has the same classes.", valueName: "model"), completion: .model)
  var compare: String?

  mutating func validate() throws {
    try checkRejection(rejectBelow)
    guard limit >= 0 else { throw ValidationError("--limit must be ≥ 0 (got \(limit)).") }
  }

  func run() throws {
    let classifier = try Classifier(model: model, beside: [data.path])
    let other = try compare.map { try comparable($0, with: classifier) }
    let result = try evaluation(of: classifier, and: other)
    let comparison = try result.evaluation.flatMap { evaluation in
      try other.map { try ModelComparison(evaluation, model, with: $0, compare ?? "", on: data) }
    }
    let rejection = result.evaluation.flatMap { evaluation in
      rejectBelow.map { Rejection(evaluation, below: $0) }
    }
    if data.json {
      try Terminal.print(json: EvaluateOutput(result, rejection: rejection, comparison: comparison))
      return try threshold.check(result)
    }
    printScore(of: result)
    result.evaluation?.metricsLines.forEach(Terminal.print)
    rejection?.lines.forEach(Terminal.print)
    comparison?.lines.forEach(Terminal.print)
    if let evaluation = result.evaluation { printMisclassified(of: evaluation) }
    try threshold.check(result)
  }

  private func printScore(of result: UnseenEvaluation) {
    let advice = result.seen == nil ? " " + UnseenEvaluation.unknownAdvice : ""
    if let sentence = result.sentence { Terminal.print("images: \(sentence)\(advice)") }
    if let evaluation = result.verified {
      Terminal.print("accuracy: \(evaluation.score.summary); \(evaluation.score.baseline)")
      Terminal.print("verdict: \(evaluation.verdict.sentence)")
    } else if let evaluation = result.evaluation {
      Terminal.print("correct: \(evaluation.score.plain), which may include training images")
    }
  }

  /// Evaluates the model on the images that neither it nor the other model, if any, has seen, without the leaks that
  /// `--drop-leaks` drops.
  private func evaluation(of classifier: Classifier, and other: Classifier?) throws -> UnseenEvaluation {
    let (training, test) = try data.splits(for: classifier)
    let result = try unseen.evaluation(of: classifier, and: other, on: test)
    guard let evaluation = result.evaluation, let training = training ?? result.seenImages.nonempty else {
      return result
    }
    return result.leavingOut(try leaks(of: evaluation.dataset, from: training))
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
    let other = try Classifier(sharedAt: path)
    guard Set(other.classNames) == Set(classifier.classNames) else {
      throw OtherModel(
        path: path,
        problem: "has the classes \(other.classNames.joined(separator: ", ")), but \(model) has "
          + "\(classifier.classNames.joined(separator: ", ")); only models with the same classes can be compared")
    }
    return other
  }

  /// Checks the test images for leaks from training images. Returns the files that `--drop-leaks` drops.
  private func leaks(of test: Dataset, from training: Dataset) throws -> Set<String> {
    var splits = DatasetSplits(training: training, test: test)
    let groups = try grouping.groups(of: test)
    let leaks = try leaking.check(&splits, groupedBy: groups, path: data.path, isQuiet: data.quiet)
    return leaking.dropLeaks ? Set(leaks.map(\.example.file)) : []
  }
}
