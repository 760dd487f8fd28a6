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
    names = settings.filter { $0.values != [nil] }.map(\.name)
    points = try combinations.map { flags in
      do {
        return Point(flags: flags, options: try CandidateOptions.parse(flags.flatMap { [$0.name, $0.value] }))
      } catch {
        throw ValidationError(CandidateOptions.message(for: error))
      }
    }
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
    var networks: [[Int]: Network] = [:]
    return try points.map { point in
      let hidden = point.options.network.hidden
      let network = try networks[hidden] ?? point.options.network.network(for: dataset, seed: seed).network
      networks[hidden] = network
      return CrossValidation.Candidate(
        point.options.training.trainer(isDeep: !hidden.isEmpty, examples: examples, seed: seed), from: network)
    }
  }
}
