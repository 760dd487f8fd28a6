import ArgumentParser
import Percept

struct CrossValidateCommand: ClusterCommand {
  static let configuration = CommandConfiguration(
    commandName: "cross-validate",
    abstract: "Evaluate a training configuration by cross-validation.",
    usage: "percept cross-validate <data> [<options>]",
    discussion: """
      EXAMPLES:
        percept cross-validate faces/
        percept cross-validate faces/ --learning-rate 0.005 --folds 5
        percept cross-validate faces/ --folds 5 --repeats 60 --figure luck.svg
        percept cross-validate faces/ --group-by '([^/]*)-[0-9]*.jpg'

      Divides the images into random folds. For each fold, a model is trained on
      the other folds and evaluated on this one, so every image is evaluated once.
      --repeats repeats this with different folds and shows how much the accuracy
      varies by chance. Repeats add no images: rates are means over the repeats, and
      counts are means rounded to whole images.

      All of DATA is used, even if it is split. Duplicates are kept in the same
      fold.
      """)

  /// `percept evaluate --cross-validate` is the former spelling of this command.
  static func withFormerSpelling(_ arguments: [String]) -> [String] {
    guard arguments.first == "evaluate", arguments.contains("--cross-validate") else { return arguments }
    return ["cross-validate"] + arguments.dropFirst().filter { $0 != "--cross-validate" }
  }

  @OptionGroup(title: "Data") var data: DataOptions

  /// Further arguments. There is one if a model is given before the data, as for `percept evaluate`.
  @Argument(help: .hidden)
  var more: [String] = []

  @OptionGroup(title: "Images") var preprocessing: PreprocessingOptions

  static let defaultFolds = 10

  @Option(parsing: .unconditional, help: "Number of folds, ≥ 2.")
  var folds = Self.defaultFolds

  @Option(parsing: .unconditional, help: "Number of random divisions into folds.")
  var repeats = 1

  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Splits") var grouping: GroupOptions
  @OptionGroup var threshold: AccuracyThreshold

  @Option(parsing: .unconditional, help: "Seed of folds, weights and batches.")
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp("Draw the accuracies as a histogram (.svg or .png).", valueName: "file"), completion: .file())
  var figure: String?

  @Flag(help: "Replace an existing figure.")
  var force = false

  mutating func validate() throws {
    guard more.isEmpty else {
      throw ValidationError("Cross-validation trains new models: pass only DATA, without \(data.path).")
    }
    guard folds >= 2 else { throw ValidationError("--folds must be ≥ 2 (got \(folds)).") }
    guard (1...100_000).contains(repeats) else {
      throw ValidationError("--repeats must be from 1 to 100000 (got \(repeats)).")
    }
    guard network.start == nil else {
      throw ValidationError(
        "--continue starts from a model that may be trained on the evaluated images; leave it out.")
    }
  }

  mutating func becomeWorker() { figure = nil }

  func run() throws {
    if let figure {
      try checkOverwrites(of: data.inputs, by: [figure])
      try Drawing.checkCanWrite(figure, replacing: force)
    }
    let source = try data.source()
    let dataset = try data.dataset(of: source, preprocessing: preprocessing.preprocessing(for: source))
    dataset.unite()
    let groups = try Duplicates(in: dataset).group(joining: grouping.groups(of: dataset))
    let result = try CrossValidatedEvaluation(
      dataset, folds: folds, repeats: repeats, groupedBy: groups, seed: seed,
      progress: Terminal.counter("Training:", isQuiet: data.quiet)
    ) { try fit($0, groupedBy: groups, seed: $1) }
    if result.divergedCount > 0 {
      Terminal.warn(
        "\(result.divergedCount) of \(counted(result.folds.count, "training run")) diverged; the best weights before the "
          + "divergence were evaluated. Lower --learning-rate.")
    }
    if let figure { try Chart.accuracyDistribution(of: result).drawing().write(to: figure, replacing: force) }
    let report = CrossValidationReport(result)
    if data.json {
      try Terminal.print(json: CrossValidationOutput(report, seed: seed, figure: figure))
    } else {
      report.lines.forEach(Terminal.print)
      if let figure { Terminal.print("figure: \(figure)") }
    }
    try checkThreshold(result)
  }

  /// Throws ``BelowThreshold`` if the accuracy, as the mean over the repeats, is lower than required.
  private func checkThreshold(_ result: CrossValidatedEvaluation) throws {
    let isOne = result.repeats.count == 1
    let mean = "\((100 * result.accuracy).fixed(1)) % on average over \(result.repeats.count) repeats"
    try threshold.check(result.accuracy, isOne ? result.score.plain : mean)
  }

  private func fit(_ dataset: Dataset, groupedBy groups: @escaping (Example) -> String, seed: UInt64) throws
    -> TrainingRun
  {
    var splits = DatasetSplits(training: dataset)
    if training.patience != nil { splits.drawValidation(groupedBy: groups, seed: seed) }
    let (start, trainer) = try network.start(training, on: splits.training, seed: seed)
    return try trainer.fit(start, to: splits.training, validation: splits.validation)
  }
}
