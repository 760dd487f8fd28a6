import ArgumentParser
import Percept

/// Combinations of flags of `percept train`, so that the printed command trains exactly what was cross-validated.
struct TuningGrid {
  struct Point {
    /// The flags with their values, such as `("--l2", "0.01")`, without those that have their default.
    let flags: [(name: String, value: String)]
    let options: CandidateOptions

    /// Returns the value of a flag; nil if it has its default.
    func value(of flag: String) -> String? { flags.first { $0.name == flag }?.value }
  }

  /// The options of `percept train` that a combination sets.
  struct CandidateOptions: ParsableArguments {
    @Option var features: String?
    @OptionGroup var network: NetworkOptions
    @OptionGroup var training: TrainingOptions
  }

  static let limit = 1000

  /// The flags that occur in the combinations, in the order of the columns.
  let names: [String]
  /// The combinations; the last setting varies fastest.
  let points: [Point]

  /// The number of combinations that were left out because they have no automatic learning rate.
  let leftOut: Int

  /// Throws `ValidationError` for too many combinations, or if `percept train` would reject one. A value of nil omits the flag.
  init(_ settings: [(name: String, values: [String?])]) throws {
    let count = settings.reduce(1) { $0.multipliedReportingOverflow(by: $1.values.count).partialValue }
    guard count <= Self.limit, settings.allSatisfy({ $0.values.count <= Self.limit }) else {
      let product = settings.map { "\($0.values.count)" }.filter { $0 != "1" }.joined(separator: " x ")
      throw ValidationError("\(product) combinations exceed the limit of \(Self.limit); leave out some values.")
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
        "None of these combinations has an automatic learning rate; give numbers with --learning-rates.")
    }
    self.points = points
    leftOut = all.count - points.count
    names = settings.map(\.name).filter { name in points.contains { $0.value(of: name) != nil } }
  }

  /// Returns a combination without the flags that have no effect in it, so that equal combinations can be removed.
  private static func withoutIdle(_ flags: [(name: String, value: String)]) -> [(name: String, value: String)] {
    var idle: Set<String> = []
    if !flags.contains(where: { $0.name == "--hidden" }) { idle.insert("--activation") }
    if flags.contains(where: { $0 == ("--optimizer", "lbfgs") }) {
      idle.formUnion(["--learning-rate", "--batch-size"])
    }
    return flags.filter { !idle.contains($0.name) }
  }

  /// The points with the same features, in their order: features are the first setting, so they vary slowest.
  var pointsByFeatures: [(features: String?, points: [Point])] {
    points.reduce(into: []) { groups, point in
      if let last = groups.last, last.features == point.options.features {
        groups[groups.count - 1].points.append(point)
      } else {
        groups.append((point.options.features, [point]))
      }
    }
  }

  /// One candidate for each of some points. `dataset`, which a fold trains on, determines the number of batches per epoch.
  func candidates(_ points: [Point], for dataset: Dataset, seed: UInt64) throws -> [CrossValidation.Candidate] {
    // Candidates with the same shape share their initial weights.
    var networks: [Shape: Network] = [:]
    return try points.map { point in
      let (shape, training) = (point.shape, point.options.training)
      let network = try networks[shape] ?? point.options.network.network(for: dataset, seed: seed).network
      networks[shape] = network
      return CrossValidation.Candidate(
        Trainer(
          training.configuration(
            isDeep: shape.isDeep, examples: dataset.count, seed: seed, extractor: dataset.preprocessing.extractor)),
        from: network)
    }
  }
}

extension TuningGrid {
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

  /// Whether the learning rate is automatic, but cannot be computed for this combination.
  fileprivate var lacksRate: Bool {
    let configuration = options.training.configuration(isDeep: shape.isDeep, examples: 1, seed: 0)
    return configuration.learningRate == .automatic && !configuration.optimizer.isAdam
      && configuration.optimizer != .lbfgs && (shape.isDeep || configuration.batchSize != nil)
  }
}
