import ArgumentParser
import Percept

struct SplitOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Fraction of each class to test on. (default: 0.2)", valueName: "share"))
  var testFraction: Double?

  @Option(parsing: .unconditional, help: "Seed of splits, weights and batches.")
  var seed: UInt64 = 0

  mutating func validate() throws {
    guard (0..<1).contains(testFraction ?? 0) else {
      throw ValidationError("--test-fraction must be ≥ 0 and < 1 (got \(testFraction ?? 0)).")
    }
  }

  /// The splits of the data, otherwise a random test split without images in `seen`. Throws `ValidationError` if
  /// `--test-fraction` would have no effect.
  func splits(
    of dataset: Dataset, groupedBy group: ((Example) -> String)? = nil, excluding seen: SeenImages? = nil, path: String
  ) throws -> DatasetSplits {
    guard testFraction == nil || !dataset.isSplit else {
      throw ValidationError("\(path) is already split; leave out --test-fraction.")
    }
    return try DatasetSplits(
      of: dataset, testFraction: testFraction ?? 0.2, groupedBy: group, excluding: seen, seed: seed, path: path)
  }
}
