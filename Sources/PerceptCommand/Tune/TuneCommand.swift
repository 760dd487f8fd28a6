import ArgumentParser
import Percept

struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Find good settings by cross-validation, without looking at the test part.",
    discussion: """
      EXAMPLES:
        percept tune faces/
        percept tune faces/ --learning-rates 0.01,0.001,0.0001 --figure rates.png
        percept tune faces/ --l2 0,0.001,0.01 --iterations 300,1000,3000
        percept tune faces/ --hidden none,20,20-7 --activation relu,tanh
        percept tune faces/ --optimizer adam,lbfgs --epochs 10,20,40
        percept tune faces/ --group-by '([^/]*)-[0-9]*.jpg'
        percept tune faces/ --json | jq -r .recommended.command

      Every combination learns from all folds of the training part but one and
      is judged on that one, in turn. The last line trains the recommended one
      on all of it. Data that is not split keeps the same test part that
      percept train draws with the same --seed and --test-fraction.

      Recommended is the simplest of those that are as accurate as the best but
      for luck (the one-standard-error rule): the one with the fewest weights,
      of these the one that looks at the fewest pictures while it learns
      (iterations times pictures), of these the one with the largest --l2, and
      of these the most accurate. A learning rate that is too large to be stable
      is recommended only where there is no other.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var preprocessing: PreprocessingOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      Step sizes, auto among them where it is known. (default: auto and 1 and 3 times the powers of ten from 1e-5 to 3)
      """, valueName: "rates"),
    transform: Self.list)
  var learningRates = Self.defaultRates

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many updates are made. (default: 1000, with hidden layers 15 epochs)", valueName: "counts"),
    transform: Self.list)
  var iterations: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How often every training picture is looked at, instead of --iterations.", valueName: "counts"),
    transform: Self.list)
  var epochs: [String] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Penalties on large weights. (default: 0)", valueName: "lambdas"),
    transform: Self.list)
  var l2: [String] = []

  @Option(
    help: ArgumentHelp("Hidden layers: none, 20, or 20-7 for two of them. (default: none)", valueName: "layers"),
    transform: Self.list)
  var hidden: [String] = []

  @Option(
    help: ArgumentHelp(
      "What hidden layers apply: \(Activation.allValueStrings.joined(separator: ", ")). (default: relu)",
      valueName: "functions"),
    transform: Self.list)
  var activation: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Rules of the updates: \(TrainingOptions.OptimizerName.allCases.map(\.rawValue).joined(separator: ", ")). (default: \
      gradient-descent, with hidden layers adam)
      """, valueName: "rules"),
    transform: Self.list)
  var optimizer: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many pictures an update looks at, or full. (default: full, for Adam 128)", valueName: "counts"),
    transform: Self.list)
  var batchSize: [String] = []

  @Option(
    help: ArgumentHelp("How features are scaled: unit, standardize. (default: unit)", valueName: "scales"),
    transform: Self.list)
  var scale: [String] = []

  @Option(parsing: .unconditional, help: "How many parts take turns in judging, at least 2.")
  var folds = 5

  @OptionGroup var grouping: GroupOptions

  @OptionGroup var split: SplitOptions

  @Option(
    help: ArgumentHelp(
      "Draw accuracy and cost against the setting with the most numbers, .svg or .png.", valueName: "file"))
  var figure: String?

  @Flag(help: "Replace a figure that is already there.")
  var force = false

  static let defaultRates = [
    "auto", "1e-5", "3e-5", "0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3",
  ]

  mutating func validate() throws {
    guard folds >= 2 else { throw ValidationError("--folds is at least 2.") }
    if !activation.isEmpty, hidden.allSatisfy({ $0 == "none" }) {
      throw ValidationError("--activation is what hidden layers apply; give some with --hidden.")
    }
    _ = try grid()
  }

  func run() throws {
    try checkFigure()
    let grid = try grid()
    let source = try data.source()
    let dataset = try data.dataset(of: source, preprocessing: preprocessing.preprocessing(for: source))
    let groups = try grouping.groups(of: dataset)
    let training = try split.splits(of: dataset, groupedBy: groups, path: data.path).training
    let validation = try CrossValidation(training, folds: folds, groupedBy: groups, seed: split.seed)
    if !data.quiet {
      Terminal.note(
        "Judging \(counted(grid.points.count, "combination")) on \(counted(training.count, "picture")) in \(folds) folds"
          + (training.count < dataset.count ? "; \(dataset.count - training.count) others are left alone." : "."))
      if grid.leftOut > 0 {
        Terminal.note(
          "Left out: auto in \(counted(grid.leftOut, "combination")), because gradient descent in batches or with hidden layers has "
            + "no automatic learning rate.")
      }
    }
    let candidates = try grid.candidates(
      for: training, examples: validation.folds[0].training.count, seed: split.seed)
    let results = try validation.results(
      of: candidates, progress: Terminal.counter("Judging:", isQuiet: data.quiet))
    let report = TuneReport(
      results, of: candidates, by: validation, on: training, grid: grid, command: command)
    report.warn()
    if let figure { try report.figure.write(to: figure, replacing: force) }
    if data.json {
      try Terminal.print(json: TuneOutput(report, split: split, figure: figure))
    } else {
      report.lines.forEach(Terminal.print)
      if let figure { Terminal.print("figure: \(figure)") }
    }
  }

  private func grid() throws -> TuningGrid {
    func values(_ list: [String]) -> [String?] { list.isEmpty ? [nil] : list }
    return try TuningGrid([
      ("--hidden", values(hidden).map { $0 == "none" ? nil : $0?.split(separator: "-").joined(separator: ",") }),
      ("--activation", values(activation)), ("--optimizer", values(optimizer)), ("--batch-size", values(batchSize)),
      ("--scale", values(scale)), ("--l2", values(l2)), ("--iterations", values(iterations)),
      ("--epochs", values(epochs)), ("--learning-rate", learningRates),
    ])
  }

  /// What trains a combination on the whole training part.
  private func command(_ point: TuningGrid.Point) -> String {
    var words = ["percept", "train", data.path]
    func add(_ flag: String, _ value: String?) { if let value { words += [flag, value] } }
    add("--classes", data.classes)
    add("--labels", data.labels)
    add("--group-by", grouping.groupBy)
    add(
      "--image-size", preprocessing.imageSize.map { $0.width == $0.height ? "\($0.width)" : "\($0.width)x\($0.height)" }
    )
    add("--fit", preprocessing.fit?.rawValue)
    add("--color", preprocessing.color?.rawValue)
    for flag in point.flags { add(flag.name, flag.value) }
    add("--test-fraction", split.testFraction.map { "\($0)" })
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
      throw ValidationError("\(text): different values with commas between them are wanted.")
    }
    return values
  }
}
