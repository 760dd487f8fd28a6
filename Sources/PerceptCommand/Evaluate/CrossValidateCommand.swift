import ArgumentParser
import Percept

/// `percept evaluate --cross-validate`: a command of its own, because it takes what `percept train` takes, and no model.
struct CrossValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cross-validate",
    abstract: "Say how well a way to train does on data, whichever pictures are kept for testing.",
    usage: "percept evaluate --cross-validate <data> [<options>]",
    discussion: """
      EXAMPLES:
        percept evaluate --cross-validate faces/
        percept evaluate --cross-validate faces/ --learning-rate 0.005 --folds 5
        percept evaluate --cross-validate faces/ --folds 5 --repeats 60 --figure luck.svg
        percept evaluate --cross-validate faces/ --group-by '([^/]*)-[0-9]*.jpg'

      Pictures are dealt into folds. Each fold is answered by a training that
      has learned from the others, so that every picture judges once. With
      --repeats they are dealt anew, which shows how much of an accuracy is
      luck. All of DATA takes part, also where it is split. Copies of a picture
      stay in one fold.
      """,
    shouldDisplay: false)

  /// The arguments with which this command is meant in its own name.
  static func routed(_ arguments: [String]) -> [String] {
    guard arguments.first == "evaluate", arguments.contains("--cross-validate") else { return arguments }
    return ["cross-validate"] + arguments.dropFirst().filter { $0 != "--cross-validate" }
  }

  @OptionGroup var data: DataOptions

  /// There where somebody names a model first, as `percept evaluate` takes it.
  @Argument(help: .hidden)
  var more: [String] = []

  @OptionGroup var preprocessing: PreprocessingOptions

  @Option(parsing: .unconditional, help: "Into how many parts pictures are dealt, at least 2.")
  var folds = 10

  @Option(parsing: .unconditional, help: "How often they are dealt, at least 1.")
  var repeats = 1

  @OptionGroup var network: NetworkOptions
  @OptionGroup var training: TrainingOptions
  @OptionGroup var grouping: GroupOptions
  @OptionGroup var threshold: AccuracyThreshold

  @Option(parsing: .unconditional, help: "What random choices start from: folds, weights, the order of batches.")
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Draw how many of the folds were how right, .svg or .png.", valueName: "file"))
  var figure: String?

  @Flag(help: "Replace a figure that is already there.")
  var force = false

  mutating func validate() throws {
    guard more.isEmpty else {
      throw ValidationError("--cross-validate trains anew, on DATA alone: leave \(data.path) out, or the option.")
    }
    guard folds >= 2 else { throw ValidationError("--folds is at least 2.") }
    guard (1...100_000).contains(repeats) else { throw ValidationError("--repeats lies from 1 to 100000.") }
    guard network.start == nil else {
      throw ValidationError(
        "--continue goes on from a model that may have learned from what is to judge; leave it out.")
    }
  }

  func run() throws {
    if let figure {
      try checkOverwrites(of: data.inputs, by: [figure])
      try Drawing.checkCanWrite(figure, replacing: force)
    }
    let source = try data.source()
    let dataset = try data.dataset(of: source, preprocessing: preprocessing.preprocessing(for: source))
    let groups = try Duplicates(in: dataset).group(joining: grouping.groups(of: dataset))
    let result = try CrossValidatedEvaluation(
      dataset, folds: folds, repeats: repeats, groupedBy: groups, seed: seed,
      progress: Terminal.counter("Training:", isQuiet: data.quiet)
    ) { try fit($0, groupedBy: groups, seed: $1) }
    if result.divergedCount > 0 {
      Terminal.warn(
        "\(result.divergedCount) of \(counted(result.folds.count, "training")) diverged, and answered with the best weights before "
          + "that. Lower --learning-rate.")
    }
    if let figure { try Chart.accuracyDistribution(of: result).drawing().write(to: figure, replacing: force) }
    let report = CrossValidationReport(result)
    if data.json {
      try Terminal.print(json: CrossValidationOutput(report, seed: seed, figure: figure))
    } else {
      report.lines.forEach(Terminal.print)
      if let figure { Terminal.print("figure: \(figure)") }
    }
    try threshold.check(result.score)
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
