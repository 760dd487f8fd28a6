import ArgumentParser
import Percept

/// What is kept for testing where the data does not say.
struct SplitOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "The share of each class kept for testing, where DATA is not split already. (default: 0.2)")
  var testFraction: Double?

  @Option(
    parsing: .unconditional, help: "What random choices start from: test pictures, weights, the order of batches.")
  var seed: UInt64 = 0

  mutating func validate() throws {
    guard (0..<1).contains(testFraction ?? 0) else {
      throw ValidationError("--test-fraction lies from 0 up to, but not including, 1.")
    }
  }

  /// The parts that the data itself names, otherwise drawn.
  func splits(of dataset: Dataset, groupedBy group: ((Example) -> String)? = nil, path: String) throws -> DatasetSplits
  {
    guard testFraction == nil || !dataset.isSplit else {
      throw ValidationError("\(path) is already split; --test-fraction does not apply.")
    }
    return try DatasetSplits(of: dataset, testFraction: testFraction ?? 0.2, groupedBy: group, seed: seed, path: path)
  }
}
