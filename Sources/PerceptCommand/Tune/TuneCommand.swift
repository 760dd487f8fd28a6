import ArgumentParser
import Percept

struct TuneCommand: ClusterCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Compare settings by cross-validation on the training split.",
    usage: "percept tune <data> [<options>]",
    discussion: """
      EXAMPLES:
        percept tune faces/
        percept tune faces/ --learning-rates 0.01,0.001,0.0001 --figure rates.png
        percept tune faces/ --l2 0,0.001,0.01 --iterations 300,1000,3000
        percept tune faces/ --hidden none,20,20-7 --activation relu,tanh
        percept tune faces/ --optimizer adam,lbfgs --epochs 10,20,40
        percept tune photos/ --features pixels,hog,efficientnet-lite0
        percept tune faces/ --group-by '([^/]*)-[0-9]*.jpg'
        percept tune faces/ --json | jq -r .recommended.command

      Each setting takes one or more values, separated by commas, and all
      combinations are compared. Settings without values have the defaults of
      percept train. The test split is not used.

      The recommended combination is the simplest stable one whose accuracy is
      within one standard error of the best. The last line of the output is the
      percept train command for it. If the test split is drawn at random, it is
      written to a CSV file, and the command uses this file, so it keeps the same
      test images.
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Images") var preprocessing: PreprocessingOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Step sizes. (default: auto,1e-5,3e-5,0.0001,…,3)", valueName: "list"),
    transform: Self.list)
  var learningRates = Self.defaultRates

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Updates. (default: 1000; in batches: by epochs)", valueName: "list"),
    transform: Self.list)
  var iterations: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Passes over the training images.", valueName: "list"),
    transform: Self.list)
  var epochs: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("L2 penalties on the weights. (default: by --features)", valueName: "list"),
    transform: Self.list)
  var l2: [String] = []

  @Option(
    help: ArgumentHelp("Units per hidden layer: none, 20, 20-7. (default: none)", valueName: "list"),
    transform: Self.list)
  var hidden: [String] = []

  @Option(
    help: ArgumentHelp(
      "Activations of hidden layers: \(Activation.allValueStrings.joined(separator: ", ")). (default: relu)",
      valueName: "list"),
    transform: Self.list)
  var activation: [String] = []

  @Option(
    help: ArgumentHelp(
      "Update rules: \(Optimizer.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "list"),
    transform: Self.list)
  var optimizer: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images per update, or full. (default: full; Adam: 8 to 128)", valueName: "list"),
    transform: Self.list)
  var batchSize: [String] = []

  @Option(
    help: ArgumentHelp("Feature scaling: unit, centered, standardized.", valueName: "list"),
    transform: Self.list)
  var scale: [String] = []

  @Option(parsing: .unconditional, help: "Number of folds, ≥ 2.")
  var folds = 5

  @OptionGroup(title: "Splits") var grouping: GroupOptions

  @OptionGroup(title: "Splits") var split: SplitOptions

  @Option(
    help: ArgumentHelp("Plot accuracy and cost to this .svg or .png file.", valueName: "file"), completion: .file())
  var figure: String?

  @Option(
    name: .customLong("write-split"),
    help: ArgumentHelp("The CSV file for a drawn split. (default: DATA-split.csv)", valueName: "file"),
    completion: .file())
  var splitFile: String?

  @Flag(help: "Replace existing files.")
  var force = false

  static let defaultRates = [
    "auto", "1e-5", "3e-5", "0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3",
  ]

  mutating func validate() throws {
    guard folds >= 2 else { throw ValidationError("--folds must be ≥ 2 (got \(folds)).") }
    if !activation.isEmpty, hidden.allSatisfy({ $0 == "none" }) {
      throw ValidationError("--activation applies to hidden layers; add --hidden.")
    }
    _ = try grid()
  }

  mutating func becomeWorker() { figure = nil }

  func run() throws {
    try checkFigure()
    let grid = try grid()
    let source = try data.source()
    let preprocessings = try grid.pointsByFeatures.map { part in
      try preprocessing.images.preprocessing(for: source, FeatureExtractor(named: part.features ?? "pixels"))
    }
    let dataset = try data.dataset(of: source, preprocessing: preprocessings[0])
    dataset.unite()
    let groups = try grouping.groups(of: dataset)
    var splits = try split.splits(of: dataset, groupedBy: groups, path: data.path)
    splits.draw = grouping.draw(of: splits)
    let training = splits.training
    let splitFile = try Cluster.isRoot ? writeSplit(splits, of: source) : nil
    // Folds depend on the examples only, so all features have the same folds.
    let validations = try preprocessings.enumerated().map { index, preprocessing in
      let others = try index == 0 ? nil : data.unreportedDataset(of: source, preprocessing: preprocessing)
      others?.unite()
      let own = try others.map { try split.splits(of: $0, groupedBy: groups, path: data.path).training } ?? training
      return try CrossValidation(own, folds: folds, groupedBy: groups, seed: split.seed)
    }
    if !data.quiet { note(grid, training, of: dataset) }
    let (candidates, results) = try results(of: grid, by: validations)
    guard Cluster.isRoot else { return }
    let report = TuneReport(
      results, of: candidates, by: validations[0], on: training, grid: grid, splitFile: splitFile
    ) { command($0, splitFile: splitFile, classNames: training.classNames) }
    report.warn()
    if let figure { try report.figure.write(to: figure, replacing: force) }
    if data.json {
      try Terminal.print(json: TuneOutput(report, split: split, figure: figure))
    } else {
      report.lines.forEach(Terminal.print)
      if let figure { Terminal.print("figure: \(figure)") }
    }
  }

  /// Throws `ValidationError` if `percept train` would reject a combination, or if there are too many.
  private func grid() throws -> TuningGrid {
    func values(_ list: [String]) -> [String?] { list.isEmpty ? [nil] : list }
    let features = try preprocessing.features.features.map(Self.list) ?? []
    return try TuningGrid([
      ("--features", values(features)),
      ("--hidden", values(hidden).map { $0 == "none" ? nil : $0?.split(separator: "-").joined(separator: ",") }),
      ("--activation", values(activation)), ("--optimizer", values(optimizer)), ("--batch-size", values(batchSize)),
      ("--scale", values(scale)), ("--l2", values(l2)), ("--iterations", values(iterations)),
      ("--epochs", values(epochs)), ("--learning-rate", learningRates),
    ])
  }

  private func note(_ grid: TuningGrid, _ training: Dataset, of dataset: Dataset) {
    let rest = dataset.count - training.count
    Terminal.note(
      "Cross-validating \(counted(grid.points.count, "combination")) on \(counted(training.count, "image")) in \(folds) folds"
        + (rest > 0 ? "; not used: \(counted(rest, "image")) of other splits." : "."))
    if grid.leftOut > 0 {
      Terminal.note(
        "Left out: learning rate auto in \(counted(grid.leftOut, "combination")); gradient descent in batches or with hidden layers "
          + "has no automatic rate.")
    }
  }

  /// Cross-validates all points of a grid, with one validation for each of ``TuningGrid/pointsByFeatures``. Returns the
  /// candidates in the order of the points, and the results, the best first.
  private func results(of grid: TuningGrid, by validations: [CrossValidation]) throws
    -> ([CrossValidation.Candidate], [CrossValidationResult])
  {
    var (candidates, results) = ([CrossValidation.Candidate](), [CrossValidationResult]())
    let progress = Terminal.counter("Cross-validating:", isQuiet: data.quiet)
    for (validation, part) in zip(validations, grid.pointsByFeatures) {
      let done = candidates.count
      let own = try grid.candidates(part.points, for: validation.folds[0].training, seed: split.seed)
      candidates += own
      results += try validation.results(of: own) { count, _ in progress?(done + count, grid.points.count) }
        .map { CrossValidationResult(candidate: done + $0.candidate, folds: $0.folds) }
    }
    return (candidates, results.sorted())
  }

  /// Writes a test split that was drawn at random to a CSV file, so that training uses the same images even if the data
  /// changes. Returns its path; nil if the data defines its splits, or consists of IDX files.
  private func writeSplit(_ splits: DatasetSplits, of source: DataSource) throws -> String? {
    guard source.hasFiles else {
      if splitFile != nil {
        throw ValidationError(
          "--write-split requires image files, but the images of \(data.path) are in IDX files.")
      }
      return nil
    }
    guard splits.test != nil, splits.draw != nil else { return nil }
    func write(_ path: String) throws {
      try checkOverwrites(of: data.inputs, by: [path])
      try Dataset.writeSplit(splits, to: path, replacing: force)
    }
    if let splitFile {
      try write(splitFile)
      return splitFile
    }
    // Without a given name, an earlier split with other images keeps its file.
    let name = TrainCommand.defaultOutput(for: data.path).dropLast(".safetensors".count) + "-split"
    for path in [name + ".csv"] + (2...100).map({ "\(name)-\($0).csv" }) {
      do {
        try write(path)
        return path
      } catch let error as FileError where error.reason == .alreadyExists { continue }
    }
    throw FileError(name + ".csv", .alreadyExists)
  }

  /// Returns the command that trains a combination on the whole training split. `splitFile` has the splits, if they were
  /// drawn at random; its labels are the names of the classes.
  private func command(_ point: TuningGrid.Point, splitFile: String?, classNames: [String]) -> String {
    var words = ["percept", "train", splitFile ?? data.path]
    func add(_ flag: String, _ value: String?) { if let value { words += [flag, value] } }
    let selection = classNames.map(ClassSelection.quoted).joined(separator: ",")
    add("--classes", splitFile == nil || data.classes == nil ? data.classes : selection)
    if splitFile == nil { add("--labels", data.labels) }
    add("--group-by", grouping.groupBy)
    add(
      "--image-size",
      preprocessing.images.imageSize.map { $0.width == $0.height ? "\($0.width)" : "\($0.width)x\($0.height)" }
    )
    add("--fit", preprocessing.images.fit?.rawValue)
    add("--color", preprocessing.images.color?.rawValue)
    for flag in point.flags { add(flag.name, flag.value) }
    if splitFile == nil { add("--test-fraction", split.testFraction.map { "\($0)" }) }
    if split.seed != 0 { add("--seed", "\(split.seed)") }
    add("-o", TrainCommand.defaultOutput(for: data.path))
    return words.map(quoted).joined(separator: " ")
  }

  private func checkFigure() throws {
    guard let figure else { return }
    try checkOverwrites(of: data.inputs, by: [figure])
    try Drawing.checkCanWrite(figure, replacing: force)
  }

  private static func list(_ text: String) throws -> [String] {
    let values = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard values.allSatisfy({ !$0.isEmpty }), Set(values).count == values.count else {
      throw ValidationError("\(text): expected different values, separated by commas.")
    }
    return values
  }
}
