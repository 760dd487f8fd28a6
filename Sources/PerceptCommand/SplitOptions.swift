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
  func parts(of dataset: Dataset, path: String) throws -> Parts {
    guard dataset.isSplit else {
      let fraction = testFraction ?? 0.2
      let (training, test) = dataset.split(test: fraction, seed: seed)
      return Parts(
        training: training, validation: nil, test: test.count > 0 ? test : nil, draw: (fraction, seed))
    }
    guard testFraction == nil else {
      throw ValidationError("\(path) is already split; --test-fraction does not apply.")
    }
    guard let training = dataset.part(.training) else { throw DatasetError.noSuchPart(.training, path: path) }
    return Parts(training: training, validation: dataset.part(.validation), test: dataset.part(.test))
  }
}
