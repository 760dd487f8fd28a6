import ArgumentParser
import Percept

/// Every combination of some settings, each as the flags that `percept train` takes, so that what is judged is what the printed
/// command trains.
struct TuningGrid {
  /// One combination.
  struct Point {
    /// Flag and value, as in `("--l2", "0.01")`, of what is not left to its default.
    let flags: [(name: String, value: String)]
    let options: CandidateOptions

    /// What stands in a column of a table.
    func value(of flag: String) -> String? { flags.first { $0.name == flag }?.value }
  }

  /// The options of `percept train` that a combination decides.
  struct CandidateOptions: ParsableArguments {
    @OptionGroup var network: NetworkOptions
    @OptionGroup var training: TrainingOptions
  }

  static let limit = 1000

  /// The flags that are chosen among, in the order of the columns.
  let names: [String]
  /// Combinations, the last setting changing fastest.
  let points: [Point]

  /// How many combinations were left out, because no automatic learning rate is known for them.
  let leftOut: Int

  /// The combinations of values for each flag; a value of nil leaves the flag away.
  ///
  /// - Throws: `ValidationError` when there are too many, or `percept train` would refuse one.
  init(_ settings: [(name: String, values: [String?])]) throws {
    let count = settings.reduce(1) { $0.multipliedReportingOverflow(by: $1.values.count).partialValue }
    guard count <= Self.limit, settings.allSatisfy({ $0.values.count <= Self.limit }) else {
      let product = settings.map { "\($0.values.count)" }.filter { $0 != "1" }.joined(separator: " x ")
      throw ValidationError("\(product) combinations are more than \(Self.limit); leave some values away.")
    }
    var combinations: [[(name: String, value: String)]] = [[]]
    for (name, values) in settings {
      combinations = combinations.flatMap { flags in values.map { flags + ($0.map { [(name, $0)] } ?? []) } }
    }
    var seen: Set<[String]> = []
    let all = try combinations.map(Self.withoutIdle).filter { seen.insert($0.map { $0.name + $0.value }).inserted }
      .map(Point.init)
    let points = all.filter { !$0.lacksRate }
    guard !points.isEmpty else {
      throw ValidationError(
        "No automatic learning rate is known for any of these combinations; give numbers as --learning-rates.")
    }
    self.points = points
    leftOut = all.count - points.count
    names = settings.map(\.name).filter { name in points.contains { $0.value(of: name) != nil } }
  }

  /// A combination without the flags that mean nothing in it, so that what is the same is judged once.
  private static func withoutIdle(_ flags: [(name: String, value: String)]) -> [(name: String, value: String)] {
    var idle: Set<String> = []
    if !flags.contains(where: { $0.name == "--hidden" }) { idle.insert("--activation") }
    if flags.contains(where: { $0 == ("--optimizer", "lbfgs") }) {
      idle.formUnion(["--learning-rate", "--batch-size"])
    }
    return flags.filter { !idle.contains($0.name) }
  }

  /// The combinations as candidates for a dataset.
  ///
  /// - Parameters:
  ///   - dataset: what is trained on, for its shape.
  ///   - examples: how many examples of it a fold trains on, which decides how many batches an epoch has.
  ///   - seed: what random weights and the order of batches start from.
  /// - Returns: one candidate for each of ``points``.
  /// - Throws: what making a network throws.
  func candidates(for dataset: Dataset, examples: Int, seed: UInt64) throws -> [CrossValidation.Candidate] {
    // Candidates of one shape share the weights that they start from.
    var networks: [Shape: Network] = [:]
    return try points.map { point in
      let (shape, training) = (point.shape, point.options.training)
      let network = try networks[shape] ?? point.options.network.network(for: dataset, seed: seed).network
      networks[shape] = network
      return CrossValidation.Candidate(
        training.trainer(isDeep: shape.isDeep, examples: examples, seed: seed), from: network)
    }
  }
}

extension TuningGrid {
  /// What decides a network.
  fileprivate struct Shape: Hashable {
    let hidden: [Int]
    let activation: Activation

    var isDeep: Bool { !hidden.isEmpty }
  }
}

extension TuningGrid.Point {
  fileprivate init(_ flags: [(name: String, value: String)]) throws {
    self.flags = flags
    do {
      options = try TuningGrid.CandidateOptions.parse(flags.flatMap { [$0.name, $0.value] })
    } catch {
      throw ValidationError(TuningGrid.CandidateOptions.message(for: error))
    }
  }

  fileprivate var shape: TuningGrid.Shape {
    TuningGrid.Shape(hidden: options.network.hidden, activation: options.network.activation)
  }

  /// Whether it asks for an automatic learning rate where none is known.
  fileprivate var lacksRate: Bool {
    let trainer = options.training.trainer(isDeep: shape.isDeep, examples: 1, seed: 0)
    let rule = trainer.optimizer
    return rule.learningRate == .automatic && !rule.isAdam && rule != .lbfgs
      && (shape.isDeep || trainer.batchSize != nil)
  }
}
