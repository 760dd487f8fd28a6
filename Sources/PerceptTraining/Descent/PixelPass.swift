import PerceptDatasets
import PerceptLinearAlgebra

/// A forward and backward pass of the first layer over the pixels of a dataset, with its reusable memory. The
/// pre-activations of an example and its contribution to the gradient are computed while its pixels are in the cache.
/// Not thread-safe: passes must not overlap.
///
/// The computation is in Float64. For more than 16 million pixels, it is in Float32, 16 examples at a time, and sums
/// are added to Float64 sums every 256 examples. The blocks of examples do not depend on the number of cores, and their
/// sums are added in order, so neither does the result.
final class PixelPass: @unchecked Sendable {
  /// A function that replaces a panel of pre-activations by the errors e, the derivatives of the losses with respect to
  /// them, and returns the sum of the losses. The panel has one row for each unit, with the distance `stride`, and one
  /// column for each example of a range. The block of the examples determines which workspace the function may use.
  typealias UpperLayersFunction =
    @Sendable (
      _ examples: Range<Int>, _ panel: UnsafeMutablePointer<Double>, _ stride: Int, _ block: Int
    ) -> Double

  /// The sums Σ e·x of the last pass, units x features.
  private(set) var total: [Double]
  /// The sums Σ e of the last pass, one for each unit.
  private(set) var errors: [Double]

  let blocks: [Range<Int>]
  private let dataset: Dataset
  private let features: Int
  private let units: Int
  private let isSingle: Bool
  /// The sums Σ e·x of each block, units x features.
  private let sums: UnsafeMutableBufferPointer<Double>
  /// In Float32, the weights, followed by the sums Σ e·x of each block.
  private let singles: UnsafeMutableBufferPointer<Float>
  /// The sum of losses of each block, followed by the sum of errors of each unit.
  private let blockSums: UnsafeMutableBufferPointer<Double>
  private let panels: UnsafeMutableBufferPointer<Double>

  /// The number of examples in a panel. It is small enough for their pixels to stay in the L2 cache of a core between
  /// forward and backward computation.
  static let group = 16

  /// Returns whether the pass is computed in Float32 (single precision).
  static func isSingle(examples: Int, features: Int) -> Bool { examples * features > 1 << 24 }

  init(_ dataset: Dataset, units: Int) {
    self.dataset = dataset
    self.units = units
    features = dataset.featureCount
    let size = features * units
    // Limit the sums of all blocks to 16 million numbers, but use at least two blocks.
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

  /// Performs a forward and backward pass with the weights w for bytes, units x features, and stores Σ e·x and Σ e in
  /// ``total`` and ``errors``. `upperLayers` computes losses and errors. Returns the sum of the losses.
  func run(weights: UnsafePointer<Double>, bias: UnsafePointer<Double>, upperLayers: UpperLayersFunction) -> Double {
    if isSingle { for j in total.indices { singles[j] = Float(weights[j]) } }
    nonisolated(unsafe) let (weights, bias) = (weights, bias)
    dataset.withRows { rows in
      concurrently(blocks.count) { block in
        self.isSingle
          ? self.single(block, rows, bias: bias, upperLayers: upperLayers)
          : self.double(block, rows, weights: weights, bias: bias, upperLayers: upperLayers)
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

  /// Returns the sums of a block.
  private func own(_ block: Int) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(rebasing: sums[block * total.count..<(block + 1) * total.count])
  }

  private func double(
    _ block: Int, _ rows: FeatureRows, weights: UnsafePointer<Double>, bias: UnsafePointer<Double>,
    upperLayers: UpperLayersFunction
  ) {
    let sums = own(block)
    sums.update(repeating: 0)
    inGroups(block, upperLayers: upperLayers) { group, panel in
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

  private func single(_ block: Int, _ rows: FeatureRows, bias: UnsafePointer<Double>, upperLayers: UpperLayersFunction)
  {
    guard let weights = singles.baseAddress else { return }
    let (partial, sums, last) = (weights + total.count * (block + 1), own(block), blocks[block].upperBound - 1)
    sums.update(repeating: 0)
    partial.update(repeating: 0, count: total.count)
    var pending = 0
    withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: 2 * Self.group) { pointers in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.group) { factors in
        guard let own = pointers.baseAddress, let factors = factors.baseAddress else { return }
        let group = UnsafeBufferPointer(start: own, count: Self.group)
        inGroups(block, upperLayers: upperLayers) { examples, panel in
          // The rows of this group, and of the next one to prefetch. The last row replaces missing ones.
          for k in 0..<2 * Self.group { (own + k).initialize(to: rows[min(examples.lowerBound + k, last)]) }
          for unit in 0..<units {
            let panel = panel + unit * Self.group
            PixelKernels.dot(
              weights + unit * features, rows: group, fetching: own + Self.group, into: panel, count: features)
            for k in 0..<Self.group { panel[k] += bias[unit] }
          }
        } backward: { examples, panel in
          for unit in 0..<units {
            for k in 0..<Self.group { factors[k] = k < examples.count ? Float(panel[unit * Self.group + k]) : 0 }
            PixelKernels.add(
              factors, times: group, fetching: own + Self.group, to: partial + unit * features, count: features)
          }
          pending += examples.count
          if pending >= 256 {
            flush(partial, into: sums)
            pending = 0
          }
        }
      }
    }
    flush(partial, into: sums)
  }

  /// Adds partial sums to the Float64 sums, and sets them to zero.
  private func flush(_ partial: UnsafeMutablePointer<Float>, into sums: UnsafeMutableBufferPointer<Double>) {
    for j in sums.indices {
      sums[j] += Double(partial[j])
      partial[j] = 0
    }
  }

  /// Processes the examples of a block in groups: forward, upper layers, and backward.
  private func inGroups(
    _ block: Int, upperLayers: UpperLayersFunction, forward: (Range<Int>, UnsafeMutablePointer<Double>) -> Void,
    backward: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) {
    guard let panel = panels.baseAddress.map({ $0 + block * units * Self.group }) else { return }
    let result = UnsafeMutableBufferPointer(rebasing: blockSums[block * (units + 1)..<(block + 1) * (units + 1)])
    result.update(repeating: 0)
    for start in stride(from: blocks[block].lowerBound, to: blocks[block].upperBound, by: Self.group) {
      let group = start..<min(start + Self.group, blocks[block].upperBound)
      forward(group, panel)
      result[0] += upperLayers(group, panel, Self.group, block)
      for unit in 0..<units {
        for k in 0..<group.count { result[1 + unit] += panel[unit * Self.group + k] }
      }
      backward(group, panel)
    }
  }

  /// Adds the sums of the blocks in order, and stores them in ``total``.
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
