public import ArgumentParser
public import Percept

extension ImageSize: ExpressibleByArgument {
  /// What `--image-size` takes: `64` or `64x48`.
  public init?(argument: String) { self.init(argument) }
}

extension ResizeMode: ExpressibleByArgument {}
extension ColorMode: ExpressibleByArgument {}

/// Which pictures, and which of their labels.
struct DataOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A folder CLASS/*.jpg or train/CLASS + test/CLASS, a CSV or JSON-lines file of file,label, or IDX files.",
      valueName: "data"))
  var path: String

  @Option(
    help: ArgumentHelp(
      "Which classes, in which order: male,female. LABEL=NAME renames, and equal names merge.",
      valueName: "a,b"))
  var classes: String?

  @Option(
    help: ArgumentHelp(
      "A CSV or JSON-lines file of file,label whose labels count instead of DATA's own (percept explore --write-labels).",
      valueName: "file"))
  var labels: String?

  @Flag(help: "Fail when any picture cannot be read.")
  var strict = false

  @Flag(help: "Decode every picture anew, and keep nothing for the next time (percept cache --help).")
  var noCache = false

  @Flag(name: .shortAndLong, help: "Print results, warnings and errors only.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  /// What is read, which no output may replace.
  var inputs: [String] { [path, labels].compactMap(\.self) }

  var selection: ClassSelection {
    get throws { try classes.map { try ClassSelection($0) } ?? .all }
  }

  /// What stands at the path.
  func source(alignedTo modelClasses: [String]? = nil) throws -> DataSource {
    let selection = try selection
    let source = try DataSource(path, classes: modelClasses.map(selection.aligned) ?? selection, labels: labels)
    if !source.leftOut.isEmpty, !quiet {
      let labels = source.leftOut.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
      Terminal.note("Left out by --classes: \(labels.joined(separator: ", "))")
    }
    if !source.ignored.isEmpty, !quiet {
      let names = source.ignored.prefix(8).joined(separator: ", ") + (source.ignored.count > 8 ? ", …" : "")
      Terminal.note("Ignored beside the class folders: \(names)")
    }
    return source
  }

  /// The pictures as features; unreadable ones are named.
  func dataset(of source: DataSource, preprocessing: Preprocessing) throws -> Dataset {
    let dataset = try Dataset(
      source, preprocessing: preprocessing, cache: noCache ? nil : PixelCache.user(),
      progress: Terminal.counter("Reading pictures:", isQuiet: quiet))
    try report(dataset.skipped, of: dataset.count + dataset.skipped.count)
    return dataset
  }

  /// What a model may be judged on: the test part where the data is split, otherwise all of it; and the training part,
  /// where there is one.
  func splits(for classifier: Classifier) throws -> (training: Dataset?, test: Dataset) {
    let source = try source(alignedTo: classifier.classNames)
    let dataset = try dataset(of: source, preprocessing: classifier.preprocessing)
    guard let test = dataset.isSplit ? dataset.subset(.test) : dataset else {
      throw DatasetError.noSuchSplit(.test, path: path)
    }
    if dataset.isSplit, !quiet { Terminal.note("Evaluating on the test part: \(counted(test.count, "picture")).") }
    for (label, count) in test.classCounts.enumerated() where count == 0 {
      Terminal.warn("the data has no picture of class \"\(test.classNames[label])\".")
    }
    return (dataset.subset(.training), test)
  }

  /// Names the files that could not be read, and fails for them if that was asked for.
  func report(_ skipped: [SkippedFile], of total: Int) throws {
    guard !skipped.isEmpty else { return }
    Terminal.warn(
      "\(counted(skipped.count, "file")) of \(total) could not be read and \(skipped.count == 1 ? "is" : "are") left out:"
    )
    let limit = strict ? skipped.count : 20
    for file in skipped.prefix(limit) { Terminal.note("  \(file.file): \(file.reason)") }
    if skipped.count > limit { Terminal.note("  … and \(skipped.count - limit) more (--json lists all)") }
    if strict { throw UnreadableImages(count: skipped.count, total: total) }
  }
}

/// How pictures become features.
struct PreprocessingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The side of the square that pictures are shrunk to, 1 to 4096, or WIDTHxHEIGHT. (default: 64; IDX: as they are)",
      valueName: "side"))
  var imageSize: ImageSize?

  @Option(
    help:
      "What happens to pictures of other proportions: their centre is cropped, they are padded, or stretched. (default: crop)"
  )
  var fit: ResizeMode?

  @Option(help: "Whether the neuron sees colours or gray. (default: rgb; IDX: gray)")
  var color: ColorMode?

  func preprocessing(for source: DataSource) -> Preprocessing {
    var preprocessing = source.defaultPreprocessing
    if let imageSize { preprocessing.size = imageSize }
    if let fit { preprocessing.fit = fit }
    if let color { preprocessing.color = color }
    return preprocessing
  }
}

/// A file that was left out, for machines.
struct SkippedOutput: Encodable {
  let file: String
  let reason: String

  init(_ file: SkippedFile) {
    self.file = file.file
    reason = file.reason
  }
}

/// A score, for machines.
struct ScoreOutput: Encodable {
  let accuracy: Double
  /// The ends of the 95 % interval.
  let interval: [Double]
  let correct: Int
  let count: Int
  let majority: Double
  let majorityClass: String

  init(_ score: Score) {
    accuracy = score.accuracy
    let interval = Proportion(score.correct, of: score.count).interval
    self.interval = [interval.lowerBound, interval.upperBound]
    correct = score.correct
    count = score.count
    majority = score.majority
    majorityClass = score.majorityClass
  }
}
