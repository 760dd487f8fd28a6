import ArgumentParser
import Percept

/// What a model learned from, as far as it is at hand.
struct LearnedData {
  /// The training pictures.
  let dataset: Dataset
  /// Their mean.
  let mean: [Double]
  /// The training, where it could be repeated.
  let run: TrainingRun?
  /// How much of the model's score on the test part something simpler has too, where there is a test part.
  let shortcuts: ShortcutAnalysis?
}

/// Which pictures a model learned from: the options of `percept train` that decide on that.
struct LearnedDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What the model learned from, as percept train took it, for the mean picture, recipes, hidden units and shortcuts.",
      valueName: "data"))
  var data: String?

  @Option(help: ArgumentHelp("Which classes of DATA, as for percept train.", valueName: "a,b"))
  var classes: String?

  @Option(help: ArgumentHelp("Labels that count instead of DATA's own, as for percept train.", valueName: "file"))
  var labels: String?

  @OptionGroup var split: SplitOptions
  @OptionGroup var grouping: GroupOptions

  @Flag(help: "Decode every picture of DATA anew, and keep nothing for the next time.")
  var noCache = false

  @Flag(name: .shortAndLong, help: "Print results, warnings and errors only.")
  var quiet = false

  @Flag(help: "Print one JSON object a picture.")
  var json = false

  mutating func validate() throws {
    guard data == nil else { return }
    let others = [
      ("--classes", classes != nil), ("--labels", labels != nil), ("--test-fraction", split.testFraction != nil),
      ("--seed", split.seed != 0), ("--group-by", grouping.groupBy != nil), ("--no-cache", noCache),
    ]
    if let flag = others.first(where: \.1)?.0 { throw ValidationError("\(flag) goes with --data.") }
  }

  /// The training part of the data, and the training, repeated.
  func learned(by classifier: Classifier) throws -> LearnedData? {
    guard let data else { return nil }
    var arguments = noCache ? ["--no-cache"] : []
    if quiet { arguments.append("--quiet") }
    for (flag, value) in [("--classes", classes), ("--labels", labels)] { arguments += value.map { [flag, $0] } ?? [] }
    let options = try DataOptions.parse(arguments + ["--", data])
    let all = try options.dataset(
      of: options.source(alignedTo: classifier.classNames), preprocessing: classifier.preprocessing)
    let splits = try split.splits(of: all, groupedBy: grouping.groups(of: all), path: data)
    let dataset = splits.training
    guard dataset.count > 0 else { throw DatasetError.noSuchSplit(.training, path: data) }
    let shortcuts = try splits.test.map { try ShortcutAnalysis(of: classifier.evaluate(on: $0), training: dataset) }
    return LearnedData(
      dataset: dataset, mean: dataset.meanFeatures, run: repeated(classifier, on: dataset), shortcuts: shortcuts)
  }

  private func repeated(_ classifier: Classifier, on dataset: Dataset) -> TrainingRun? {
    guard classifier.network.layers.count == 1 else { return nil }
    do {
      return try Trainer.refit(of: classifier, on: dataset)
    } catch {
      Terminal.warn("there is no recipe: \(error).")
      return nil
    }
  }
}
