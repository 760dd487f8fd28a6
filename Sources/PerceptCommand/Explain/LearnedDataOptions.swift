import ArgumentParser
import Percept

/// The training data of a model, and what is computed from it.
struct LearnedData {
  let dataset: Dataset
  let mean: [Double]
  /// The refit of the model, or nil if the model could not be reproduced.
  let run: TrainingRun?
  /// The shortcut analysis of the model on the test split, or nil if there is none.
  let shortcuts: ShortcutAnalysis?
}

/// The options of `percept train` that determine the training images of a model.
struct LearnedDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The data the model was trained on, for training influence, hidden units and shortcuts.",
      valueName: "data"), completion: .file())
  var data: String?

  @Option(help: ArgumentHelp("The classes of DATA, as for percept train.", valueName: "a,b"))
  var classes: String?

  @Option(
    help: ArgumentHelp("Labels that replace those of DATA, as for percept train.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var labels: String?

  @OptionGroup var split: SplitOptions
  @OptionGroup var grouping: GroupOptions

  @Flag(help: "Neither read nor write the pixel cache.")
  var noCache = false

  @Flag(name: .shortAndLong, help: "Print results, warnings and errors only.")
  var quiet = false

  @Flag(help: "Print one JSON object per image.")
  var json = false

  mutating func validate() throws {
    guard data == nil else { return }
    let others = [
      ("--classes", classes != nil), ("--labels", labels != nil), ("--test-fraction", split.testFraction != nil),
      ("--seed", split.seed != 0), ("--group-by", grouping.groupBy != nil), ("--no-cache", noCache),
    ]
    if let flag = others.first(where: \.1)?.0 { throw ValidationError("\(flag) requires --data.") }
  }

  /// Loads the training split and refits the model on it.
  func learned(by classifier: Classifier) throws -> LearnedData? {
    guard let data else { return nil }
    var arguments = noCache ? ["--no-cache"] : []
    if quiet { arguments.append("--quiet") }
    for (flag, value) in [("--classes", classes), ("--labels", labels)] { arguments += value.map { [flag, $0] } ?? [] }
    let options = try DataOptions.parse(arguments + ["--", data])
    let all = try options.dataset(
      of: options.source(alignedTo: classifier.classNames), preprocessing: classifier.preprocessing)
    let (dataset, test) = try parts(of: all, for: classifier, path: data)
    let run = refit(classifier, on: dataset)
    // Without a record, the refit shows that the test images are not among the training images.
    let isVerified = classifier.seen != nil || run != nil
    if test != nil, !isVerified {
      Terminal.warn("no shortcut analysis: it is unknown which images the model was trained on.")
    }
    let shortcuts = try (isVerified ? test : nil).map {
      try ShortcutAnalysis(
        of: classifier.evaluate(on: $0), training: dataset,
        progress: Terminal.counter("Testing for shortcuts, ablations:", isQuiet: quiet))
    }
    return LearnedData(dataset: dataset, mean: dataset.meanFeatures, run: run, shortcuts: shortcuts)
  }

  /// Returns the images that the model was trained on, and those that it has not seen. If the model does not record them,
  /// they are the splits that `percept train` would use.
  private func parts(of all: Dataset, for classifier: Classifier, path: String) throws -> (Dataset, unseen: Dataset?) {
    guard let seen = classifier.seen else {
      let splits = try split.splits(of: all, groupedBy: grouping.groups(of: all), path: path)
      guard splits.training.count > 0 else { throw DatasetError.noSuchSplit(.training, path: path) }
      return (splits.training, splits.test)
    }
    let training = all.trainingImages(of: seen)
    guard training.count > 0 else { throw NoTrainingImages(path: path) }
    return (training, all.evaluated?.dataset.partition(by: seen).unseen.nonempty)
  }

  private func refit(_ classifier: Classifier, on dataset: Dataset) -> TrainingRun? {
    guard classifier.network.layers.count == 1 else { return nil }
    do {
      return try Trainer.refit(of: classifier, on: dataset)
    } catch {
      Terminal.warn("no training influence: \(error)\(Self.advice(for: error, classifier, found: dataset.count)).")
      return nil
    }
  }

  /// Returns what the command line adds to an error of a refit: the flags that determine the training images.
  private static func advice(for error: any Error, _ classifier: Classifier, found: Int) -> String {
    guard case TrainingError.notRefit(.differentWeights) = error else { return "" }
    if let count = classifier.seen?.training.count {
      return found == count
        ? "; pass the same --labels as for percept train"
        : "; only \(found) of the \(count) training images are in DATA"
    }
    return "; pass the same --seed, --test-fraction, --group-by and --labels as for percept train; if it set aside a "
      + "validation split (--patience, --calibrate), write the splits with --write-split and pass that file as --data"
  }
}

struct NoTrainingImages: Error, CustomStringConvertible {
  let path: String

  var description: String { "\(path): the model was trained on none of these images; pass its training data" }
}
