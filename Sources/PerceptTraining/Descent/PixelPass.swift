import PerceptDatasets
import PerceptLinearAlgebra

/// One pass over a dataset's pixels, and the memory that it uses again and again: every example's pre-activations and its
/// part of the gradient are computed while its pixels are in the cache.
///
/// In Float64; with more than 16 million pixels in Float32, sixteen examples at a time, whose sums are emptied into Float64
/// every 256 examples. Blocks of examples are cut by shape alone and their sums added in order, so the result does not
/// depend on the number of cores. One thread of work at a time may use it.
final class PixelPass: @unchecked Sendable {
  /// A panel of pre-activations (one row for each unit, `stride` apart, one column for each example of a range) becomes one of
  /// errors e; the block of examples that it belongs to says which room may be used. Returns the sum of losses.
  typealias UpperLayersFunction =
    @Sendable (
      _ examples: Range<Int>, _ panel: UnsafeMutablePointer<Double>, _ stride: Int, _ block: Int
    ) -> Double

  /// Σ e·x of the last pass, units x features.
  private(set) var total: [Double]
  /// Σ e of the last pass, one for each unit.
  private(set) var errors: [Double]

  /// The ranges of examples that are worked on at the same time.
  let blocks: [Range<Int>]
  private let dataset: Dataset
  private let features: Int
  private let units: Int
  private let isSingle: Bool
  /// For each block, units x features sums.
  private let sums: UnsafeMutableBufferPointer<Double>
  /// The same in Float32, and the weights in Float32 in front of them.
  private let singles: UnsafeMutableBufferPointer<Float>
  /// For each block, a sum of losses and one of errors for each unit.
  private let blockSums: UnsafeMutableBufferPointer<Double>
  /// For each block, a panel.
  private let panels: UnsafeMutableBufferPointer<Double>

  /// So many examples pass the head together: their pixels stay in a core's second cache in between.
  static let group = 16

  /// Whether so many pixels pass in Float32.
  static func isSingle(examples: Int, features: Int) -> Bool { examples * features > 1 << 24 }

  init(_ dataset: Dataset, units: Int) {
    self.dataset = dataset
    self.units = units
    features = dataset.featureCount
    let size = features * units
    // Few blocks where their sums are large: 16 million numbers at most, but always two blocks.
    let most = max(2, (1 << 24) / max(size, 1))
    blocks = dataset.blocks(atMost: most)
    isSingle = Self.isSingle(examples: dataset.count, features: features)
    total = [Double](repeating: 0, count: size)
    errors = [Double](repeating: 0, count: units)
    sums = .allocate(capacity: size * blocks.count)
    singles = .allocate(capacity: isSingle ? size * (blocks.count + 1) : 0)
    blockSums = .allocate(capacity: (units + 1) * blocks.count)
    panels = .allocate(capacity: units * Self.group * blocks.count)
    sums.initialize(repeating: 0)
    singles.initialize(repeating: 0)
    blockSums.initialize(repeating: 0)
    panels.initialize(repeating: 0)
  }

  deinit {
    sums.deallocate()
    singles.deallocate()
    blockSums.deallocate()
    panels.deallocate()
  }

  /// Forward and backward over all examples; ``total`` and ``errors`` become Σ e·x and Σ e.
  ///
  /// - Parameters:
  ///   - weights: w, units x features, for bytes.
  ///   - bias: what is added to w·x, one for each unit.
  ///   - head: makes errors of pre-activations.
  /// - Returns: the sum of losses.
  func run(weights: UnsafePointer<Double>, bias: UnsafePointer<Double>, head: UpperLayersFunction) -> Double {
    if isSingle { for j in total.indices { singles[j] = Float(weights[j]) } }
    nonisolated(unsafe) let (weights, bias) = (weights, bias)
    dataset.withRows { rows in
      concurrently(blocks.count) { block in
        self.isSingle
          ? self.single(block, rows, bias: bias, head: head)
          : self.double(block, rows, weights: weights, bias: bias, head: head)
      }
    }
    collect()
    var cost = 0.0
    for unit in 0..<units { errors[unit] = 0 }
    for block in blocks.indices {
      cost += blockSums[block * (units + 1)]
      for unit in 0..<units { errors[unit] += blockSums[block * (units + 1) + 1 + unit] }
    }
    return cost
  }

  private func own(_ block: Int) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(rebasing: sums[block * total.count..<(block + 1) * total.count])
  }

  private func double(
    _ block: Int, _ rows: PixelRows, weights: UnsafePointer<Double>, bias: UnsafePointer<Double>,
    head: UpperLayersFunction
  ) {
    let sums = own(block)
    sums.update(repeating: 0)
    inGroups(block, head: head) { group, panel in
      for (k, i) in group.enumerated() {
        let pixels = UnsafeBufferPointer(start: rows[i], count: features)
        for unit in 0..<units {
          let row = UnsafeBufferPointer(start: weights + unit * features, count: features)
          panel[unit * Self.group + k] = PixelKernels.dot(row, pixels) + bias[unit]
        }
      }
    } backward: { group, panel in
      for (k, i) in group.enumerated() {
        let pixels = UnsafeBufferPointer(start: rows[i], count: features)
        for unit in 0..<units {
          let row = UnsafeMutableBufferPointer(rebasing: sums[unit * features..<(unit + 1) * features])
          PixelKernels.add(panel[unit * Self.group + k], times: pixels, to: row)
        }
      }
    }
  }

  private func single(_ block: Int, _ rows: PixelRows, bias: UnsafePointer<Double>, head: UpperLayersFunction) {
    guard let weights = singles.baseAddress else { return }
    let (partial, sums, last) = (weights + total.count * (block + 1), own(block), blocks[block].upperBound - 1)
    sums.update(repeating: 0)
    partial.update(repeating: 0, count: total.count)
    var waiting = 0
    withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: 2 * Self.group) { pointers in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.group) { factors in
        guard let own = pointers.baseAddress, let factors = factors.baseAddress else { return }
        let group = UnsafeBufferPointer(start: own, count: Self.group)
        inGroups(block, head: head) { examples, panel in
          // The group, and the one that is fetched meanwhile; at the end the last row stands for those that are missing.
          for k in 0..<2 * Self.group { (own + k).initialize(to: rows[min(examples.lowerBound + k, last)]) }
          for unit in 0..<units {
            let panel = panel + unit * Self.group
            PixelKernels.dot(weights + unit * features, rows: group, into: panel, count: features)
            for k in 0..<Self.group { panel[k] += bias[unit] }
          }
        } backward: { examples, panel in
          for unit in 0..<units {
            for k in 0..<Self.group { factors[k] = k < examples.count ? Float(panel[unit * Self.group + k]) : 0 }
            PixelKernels.add(
              factors, times: group, fetching: own + Self.group, to: partial + unit * features, count: features)
          }
          waiting += examples.count
          if waiting >= 256 {
            empty(partial, into: sums)
            waiting = 0
          }
        }
      }
    }
    empty(partial, into: sums)
  }

  private func empty(_ partial: UnsafeMutablePointer<Float>, into sums: UnsafeMutableBufferPointer<Double>) {
    for j in sums.indices {
      sums[j] += Double(partial[j])
      partial[j] = 0
    }
  }

  private func inGroups(
    _ block: Int, head: UpperLayersFunction, forward: (Range<Int>, UnsafeMutablePointer<Double>) -> Void,
    backward: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) {
    guard let panel = panels.baseAddress.map({ $0 + block * units * Self.group }) else { return }
    let result = UnsafeMutableBufferPointer(rebasing: blockSums[block * (units + 1)..<(block + 1) * (units + 1)])
    result.update(repeating: 0)
    for start in stride(from: blocks[block].lowerBound, to: blocks[block].upperBound, by: Self.group) {
      let group = start..<min(start + Self.group, blocks[block].upperBound)
      forward(group, panel)
      result[0] += head(group, panel, Self.group, block)
      for unit in 0..<units {
        for k in 0..<group.count { result[1 + unit] += panel[unit * Self.group + k] }
      }
      backward(group, panel)
    }
  }

  /// Adds the blocks' sums into `total`, in order.
  private func collect() {
    total.withUnsafeMutableBufferPointer { total in
      total.update(repeating: 0)
      for block in blocks.indices {
        let sums = UnsafeMutableBufferPointer(rebasing: sums[block * total.count..<(block + 1) * total.count])
        for j in total.indices { total[j] += sums[j] }
      }
    }
  }
}
