import PerceptLinearAlgebra

/// A sampler of batches. Each epoch contains every example once, in a new random order; its last batch can be smaller.
struct BatchSampler {
  private var order: [Int]
  private let batchSize: Int
  private var next = 0
  private var generator: SeededGenerator

  init(count: Int, batchSize: Int, seed: UInt64) {
    order = Array(0..<count)
    self.batchSize = batchSize
    generator = SeededGenerator(seed: seed)
  }

  /// Returns the number of batches in an epoch.
  static func batches(count: Int, batchSize: Int) -> Int { count / batchSize + (count % batchSize == 0 ? 0 : 1) }

  /// Returns the rows of the next batch.
  mutating func batch() -> ArraySlice<Int> {
    if next == 0 { order.shuffle(using: &generator) }
    let start = next
    let end = min(start + batchSize, order.count)
    next = end == order.count ? 0 : end
    return order[start..<end]
  }

  mutating func code(with archive: inout StateArchive) throws {
    try archive.code("sampler.order", &order)
    try archive.code("sampler.next", &next)
    try archive.code("sampler.generator", bits: &generator.state)
    guard (0..<max(order.count, 1)).contains(next), order.sorted() == Array(order.indices) else {
      throw StateArchive.Mismatch(name: "sampler.order")
    }
  }
}
