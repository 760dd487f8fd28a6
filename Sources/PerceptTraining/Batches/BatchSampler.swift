import PerceptLinearAlgebra

/// Batches of examples: in every epoch each example once, in a new random order.
struct BatchSampler {
  private var order: [Int]
  private let batchSize: Int
  private var next = 0
  private var generator: SeededGenerator

  /// - Parameters:
  ///   - count: how many examples there are.
  ///   - batchSize: how many a batch has; the last of an epoch may have fewer.
  ///   - seed: what the orders start from.
  init(count: Int, batchSize: Int, seed: UInt64) {
    order = Array(0..<count)
    self.batchSize = batchSize
    generator = SeededGenerator(seed: seed)
  }

  /// How many batches an epoch has.
  static func batches(count: Int, batchSize: Int) -> Int { (count + batchSize - 1) / batchSize }

  /// The next batch.
  mutating func batch() -> ArraySlice<Int> {
    if next == 0 { order.shuffle(using: &generator) }
    let start = next
    let end = min(start + batchSize, order.count)
    next = end == order.count ? 0 : end
    return order[start..<end]
  }

  /// Puts its numbers into an archive or takes them out of one.
  mutating func code(with archive: inout StateArchive) throws {
    try archive.code("sampler.order", &order)
    try archive.code("sampler.next", &next)
    try archive.code("sampler.generator", bits: &generator.state)
    guard (0..<max(order.count, 1)).contains(next), order.sorted() == Array(order.indices) else {
      throw StateArchive.Mismatch(name: "sampler.order")
    }
  }
}
