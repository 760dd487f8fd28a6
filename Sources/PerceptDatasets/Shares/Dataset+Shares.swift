package import PerceptCluster
import PerceptLinearAlgebra

// A dataset that is loaded by a cluster is divided: each rank has the features of some examples, and everything else of all
// examples. Functions that need all features say so.
extension Dataset {
  /// The ranks among which the features are divided; nil if this process has the features of all examples.
  package var cluster: Cluster? { storage.shares?.cluster }

  /// Returns the rank that has the features of an example. The dataset must be divided.
  package func owner(of index: Int) -> Int { storage.shares?.owner(of: rows[index]) ?? 0 }

  /// Returns whether this process has the features of an example.
  package func isOwn(_ index: Int) -> Bool { storage.shares?.isOwn(rows[index]) ?? true }

  /// Copies the features of all examples, and their thumbnails, to all ranks. The dataset, and those that share its
  /// features, are then no longer divided. Does nothing if they are not. Collective.
  package func unite() { storage.unite() }

  /// Copies the features of examples to ranks that need them. All ranks must pass the same list. Collective.
  package func copyFeatures(of examples: [(index: Int, rank: Int)]) {
    for (index, rank) in examples { storage.copy(rows[index], to: rank) }
  }

  /// Returns `width` numbers for each of some examples, as `numbers` returns them for blocks of examples. Each rank calls
  /// `numbers`, in parallel, for the examples that it has. Collective if the dataset is divided.
  package func map(
    _ indices: [Int], width: Int, block: Int = 32, _ numbers: @Sendable ([Int]) -> [[Double]]
  ) -> [[Double]] {
    let own = indices.indices.filter { isOwn(indices[$0]) }
    let blocks = EvenBlocks(own.count, atMost: block)
    let results = parallelMap(blocks, block: 1) { range in numbers(own[range].map { indices[$0] }) }.joined()
    guard let cluster else { return Array(results) }
    var all = [Double](repeating: 0, count: indices.count * width)
    for (position, values) in zip(own, results) {
      precondition(values.count == width)
      for (k, value) in values.enumerated() { all[position * width + k] = value }
    }
    // Each number is added to zeros: its bits stay.
    all.withUnsafeMutableBytes { cluster.sum($0.bindMemory(to: Int64.self)) }
    return indices.indices.map { Array(all[$0 * width..<($0 + 1) * width]) }
  }

  /// Returns `width` words for each of some examples, as ``map(_:width:block:_:)`` returns numbers.
  package func map(_ indices: [Int], width: Int, block: Int = 32, words: @Sendable ([Int]) -> [[UInt64]]) -> [[UInt64]]
  {
    map(indices, width: width, block: block) { words($0).map { $0.map(Double.init(bitPattern:)) } }
      .map { $0.map(\.bitPattern) }
  }
}
