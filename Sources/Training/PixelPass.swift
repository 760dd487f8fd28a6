import Datasets
import LinearAlgebra

/// One pass over a dataset's pixels, and the memory that it uses again and again: every example's logit and its part of the
/// gradient are computed while its pixels are in the cache.
///
/// In Float64; with more than 16 million pixels in Float32, four examples at a time, whose sums are emptied into Float64
/// every 256 examples. Blocks of examples are cut by shape alone and their sums added in order, so the result does not
/// depend on the number of cores. One thread of work at a time may use it.
final class PixelPass: @unchecked Sendable {
  /// Σ e and the sum of what the head returned.
  typealias Sums = (cost: Double, errors: Double)

  /// Given a range of examples and their logits, sets their errors e and returns their losses' sum.
  typealias HeadFunction =
    @Sendable (
      Range<Int>, UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>
    ) -> Double

  /// Σ e·x of the last pass, one for each feature.
  private(set) var total: [Double]

  private let dataset: Dataset
  private let features: Int
  private let blocks: [Range<Int>]
  private let isSingle: Bool
  /// For each block, one sum a feature.
  private let sums: UnsafeMutableBufferPointer<Double>
  /// The same in Float32, and the weights in Float32 in front of them.
  private let singles: UnsafeMutableBufferPointer<Float>
  private let blockSums: UnsafeMutableBufferPointer<Sums>

  /// So many examples pass the head together: their pixels stay in a core's second cache in between.
  private static let group = 16

  init(_ dataset: Dataset) {
    self.dataset = dataset
    features = dataset.featureCount
    blocks = dataset.blocks
    isSingle = dataset.count * features > 1 << 24
    total = [Double](repeating: 0, count: features)
    sums = .allocate(capacity: features * blocks.count)
    singles = .allocate(capacity: isSingle ? features * (blocks.count + 1) : 0)
    blockSums = .allocate(capacity: blocks.count)
    sums.initialize(repeating: 0)
    singles.initialize(repeating: 0)
    blockSums.initialize(repeating: (0, 0))
  }

  deinit {
    sums.deallocate()
    singles.deallocate()
    blockSums.deallocate()
  }

  /// Forward and backward over all examples; ``total`` becomes Σ e·x.
  ///
  /// - Parameters:
  ///   - weights: w, one for each feature.
  ///   - offset: what is added to w·x/255 to make a logit.
  ///   - head: makes errors of logits.
  /// - Returns: the sums over all examples.
  func run(weights: UnsafeBufferPointer<Double>, offset: Double, head: HeadFunction) -> Sums {
    if isSingle { for j in 0..<features { singles[j] = Float(weights[j]) } }
    nonisolated(unsafe) let weights = weights
    dataset.withRows { rows in
      concurrently(blocks.count) { block in
        self.blockSums[block] =
          self.isSingle
          ? self.single(block, rows, offset: offset, head: head)
          : self.double(block, rows, weights: weights, offset: offset, head: head)
      }
    }
    collect()
    return blockSums.reduce((0, 0)) { ($0.cost + $1.cost, $0.errors + $1.errors) }
  }

  private func double(
    _ block: Int, _ rows: PixelRows, weights: UnsafeBufferPointer<Double>, offset: Double, head: HeadFunction
  ) -> Sums {
    let sums = UnsafeMutableBufferPointer(rebasing: sums[block * features..<(block + 1) * features])
    sums.update(repeating: 0)
    return inGroups(of: blocks[block], head: head) { group, logits in
      for (k, i) in group.enumerated() { logits[k] = PixelKernels.dot(weights, pixels(rows, i)) / 255 + offset }
    } backward: { group, errors in
      for (k, i) in group.enumerated() { PixelKernels.add(errors[k], times: pixels(rows, i), to: sums) }
    }
  }

  private func pixels(_ rows: PixelRows, _ example: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: rows[example], count: features)
  }

  private func single(_ block: Int, _ rows: PixelRows, offset: Double, head: HeadFunction) -> Sums {
    guard let weights = singles.baseAddress else { return (0, 0) }
    let partial = weights + features * (block + 1)
    let sums = UnsafeMutableBufferPointer(rebasing: sums[block * features..<(block + 1) * features])
    sums.update(repeating: 0)
    partial.update(repeating: 0, count: features)
    var waiting = 0
    let result = inGroups(of: blocks[block], head: head) { group, logits in
      for start in stride(from: 0, to: group.count, by: 4) {
        let products = PixelKernels.dot(weights, rows: four(rows, group, start), count: features)
        for k in start..<min(start + 4, group.count) { logits[k] = Double(products[k - start]) / 255 + offset }
      }
    } backward: { group, errors in
      for start in stride(from: 0, to: group.count, by: 4) {
        var factors = SIMD4<Float>.zero
        for k in start..<min(start + 4, group.count) { factors[k - start] = Float(errors[k]) }
        PixelKernels.add(factors, times: four(rows, group, start), to: partial, count: features)
      }
      waiting += group.count
      if waiting >= 256 {
        empty(partial, into: sums)
        waiting = 0
      }
    }
    empty(partial, into: sums)
    return result
  }

  /// Four rows of a group; at its end the last one stands for those that are missing, with an error of 0.
  private func four(_ rows: PixelRows, _ group: Range<Int>, _ start: Int) -> FourRows {
    let (first, last) = (group.lowerBound + start, group.upperBound - 1)
    return FourRows(rows[first], rows[min(first + 1, last)], rows[min(first + 2, last)], rows[min(first + 3, last)])
  }

  private func empty(_ partial: UnsafeMutablePointer<Float>, into sums: UnsafeMutableBufferPointer<Double>) {
    for j in 0..<features {
      sums[j] += Double(partial[j])
      partial[j] = 0
    }
  }

  private func inGroups(
    of examples: Range<Int>, head: HeadFunction,
    forward: (Range<Int>, UnsafeMutableBufferPointer<Double>) -> Void,
    backward: (Range<Int>, UnsafeBufferPointer<Double>) -> Void
  ) -> Sums {
    var result: Sums = (0, 0)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * Self.group) { room in
      for start in stride(from: examples.lowerBound, to: examples.upperBound, by: Self.group) {
        let group = start..<min(start + Self.group, examples.upperBound)
        let logits = UnsafeMutableBufferPointer(rebasing: room[..<group.count])
        let errors = UnsafeMutableBufferPointer(rebasing: room[Self.group..<Self.group + group.count])
        forward(group, logits)
        result.cost += head(group, UnsafeBufferPointer(logits), errors)
        for error in errors { result.errors += error }
        backward(group, UnsafeBufferPointer(errors))
      }
    }
    return result
  }

  /// Adds the blocks' sums into `total`, in order.
  private func collect() {
    total.withUnsafeMutableBufferPointer { total in
      total.update(repeating: 0)
      for block in blocks.indices {
        let sums = UnsafeMutableBufferPointer(rebasing: sums[block * features..<(block + 1) * features])
        for j in 0..<features { total[j] += sums[j] }
      }
    }
  }
}
