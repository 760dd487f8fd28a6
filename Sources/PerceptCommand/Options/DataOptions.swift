public import ArgumentParser
public import Percept

extension ImageSize: ExpressibleByArgument {
  /// Creates the value of `--image-size`: `64` or `64x48`.
  public init?(argument: String) { self.init(argument) }
}

extension ResizeMode: ExpressibleByArgument {}
extension ColorMode: ExpressibleByArgument {}

struct DataOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Folder CLASS/*.jpg, archive, CSV, JSONL, IDX or NPZ.", valueName: "data"),
    completion: .file())
  var path: String

  @Option(
    help: ArgumentHelp("Classes and their order; LABEL=NAME renames or merges.", valueName: "a,b"))
  var classes: String?

  @Option(
    help: ArgumentHelp("CSV file with labels that replace those of DATA.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var labels: String?

  @Flag(help: "Fail if an image cannot be read.")
  var strict = false

  @Flag(help: "Neither read nor write the pixel cache.")
  var noCache = false

  @Flag(name: .shortAndLong, help: "Print results, warnings and errors only.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  /// The files and folders that are read. No output may replace them.
  var inputs: [String] { [path, labels].compactMap(\.self) }

  /// The arguments of a command that reads the same images with the same classes and labels.
  var arguments: [String] {
    [path] + (classes.map { ["--classes", $0] } ?? []) + (labels.map { ["--labels", $0] } ?? [])
  }

  var selection: ClassSelection {
    get throws { try classes.map { try ClassSelection($0) } ?? .all }
  }

  /// Lists the images and prints what is left out. The classes are in the order of `modelClasses` or else of the data.
  func source(alignedTo modelClasses: [String]? = nil) throws -> DataSource {
    let selection = try selection
    let source = try DataSource(path, classes: modelClasses.map(selection.aligned) ?? selection, labels: labels)
    if !source.leftOut.isEmpty, !quiet {
      let labels = source.leftOut.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
      Terminal.note("Left out by --classes: \(labels.joined(separator: ", "))")
    }
    source.warnings.forEach(Terminal.warn)
    if !quiet { source.notes.forEach(Terminal.note) }
    if !source.ignored.isEmpty, !quiet {
      let names = source.ignored.prefix(8).joined(separator: ", ") + (source.ignored.count > 8 ? ", …" : "")
      Terminal.note("Ignored outside the class folders: \(names)")
    }
    return source
  }

  /// Loads the images. Prints the names of those that cannot be read, and the number of animations.
  func dataset(of source: DataSource, preprocessing: Preprocessing) throws -> Dataset {
    let dataset = try unreportedDataset(of: source, preprocessing: preprocessing)
    try report(dataset.skipped, animations: dataset.animationCount, of: dataset.count + dataset.skipped.count)
    return dataset
  }

  /// Loads the images, where those that cannot be read are reported in another way.
  func unreportedDataset(of source: DataSource, preprocessing: Preprocessing) throws -> Dataset {
    try Dataset(
      source, preprocessing: preprocessing, cache: noCache ? nil : PixelCache.user(),
      progress: Terminal.counter("Reading images:", isQuiet: quiet))
  }

  /// Loads the images for an evaluation: the test split, otherwise the validation split or, without splits, all images.
  /// Also returns any training split.
  func splits(for classifier: Classifier) throws -> (training: Dataset?, test: Dataset) {
    let source = try source(alignedTo: classifier.classNames)
    let dataset = try dataset(of: source, preprocessing: classifier.preprocessing)
    guard let (split, test) = dataset.evaluated else { throw DatasetError.noSuchSplit(.test, path: path) }
    if let split, !quiet {
      Terminal.note("Evaluating on the \(split.adjective) split: \(counted(test.count, "image")).")
    }
    for (label, count) in test.classCounts.enumerated() where count == 0 {
      Terminal.warn("the data has no images of class \"\(test.classNames[label])\".")
    }
    return (dataset.subset(.training), test)
  }

  /// Prints the number of animations and the names of the files that could not be read. With `--strict`, throws ``UnreadableImages`` if there are any.
  func report(_ skipped: [SkippedFile], animations: Int, of total: Int) throws {
    if animations > 0, !quiet {
      Terminal.note("\(counted(animations, "animated image")): only the first frame is used.")
    }
    guard !skipped.isEmpty else { return }
    Terminal.warn(
      "\(skipped.count) of \(counted(total, "file")) could not be read and \(skipped.count == 1 ? "is" : "are") skipped:"
    )
    let limit = strict ? skipped.count : 20
    for file in skipped.prefix(limit) { Terminal.note("  \(file.file): \(file.reason)") }
    if skipped.count > limit { Terminal.note("  … and \(skipped.count - limit) more (--json lists all)") }
    if strict { throw UnreadableImages(count: skipped.count, total: total) }
  }
}

/// The options of commands that look at pixels only.
struct ImageOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Side or WIDTHxHEIGHT. (default: by --features)", valueName: "side"))
  var imageSize: ImageSize?

  @Option(help: "Resize mode. (default: crop)")
  var fit: ResizeMode?

  @Option(help: "Color mode. (default: rgb; IDX: gray)")
  var color: ColorMode?

  /// Returns the preprocessing: the default of the source for an extractor, changed by the options. Throws if they do not go
  /// together.
  func preprocessing(for source: DataSource, _ extractor: FeatureExtractor = .pixels) throws -> Preprocessing {
    var preprocessing = source.defaultPreprocessing(extractor)
    if let imageSize { preprocessing.size = imageSize }
    if let fit { preprocessing.fit = fit }
    if let color { preprocessing.color = color }
    try preprocessing.check()
    return preprocessing
  }
}

struct FeatureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("pixels, hog, a backbone, or FILE.onnx. (default: pixels)", valueName: "name"),
    completion: .features)
  var features: String?

  /// Throws if there is no extractor of this name.
  var extractor: FeatureExtractor {
    get throws { try FeatureExtractor(named: features ?? "pixels") }
  }
}

struct PreprocessingOptions: ParsableArguments {
  @OptionGroup var features: FeatureOptions
  @OptionGroup var images: ImageOptions

  /// Returns the preprocessing. Throws if there are no such features, or the options do not go together.
  func preprocessing(for source: DataSource) throws -> Preprocessing {
    try images.preprocessing(for: source, features.extractor)
  }
}

struct SkippedOutput: Encodable {
  let file: String
  let reason: String

  init(_ file: SkippedFile) {
    self.file = file.file
    reason = file.reason
  }
}

struct ScoreOutput: Encodable {
  let accuracy: Double
  /// The lower and upper bound of the 95 % confidence interval.
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

extension Dataset {
  /// The images to evaluate a model on, with their split: the test split, otherwise the validation split, or all images of
  /// data that is not split; nil if there are only training images.
  var evaluated: (split: Split?, dataset: Dataset)? {
    guard isSplit else { return (nil, self) }
    return [Split.test, .validation].lazy.compactMap { split in self.subset(split).map { (split, $0) } }.first
  }
}
