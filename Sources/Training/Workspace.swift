import Datasets
import LinearAlgebra
import NeuralNetworks

/// The passes over a dataset's pixels, and the memory that they use again and again.
///
/// In Float64; with more than 16 million pixels in Float32, four examples at a time, whose sums are emptied into Float64
/// every 256 examples. One thread of work at a time may use it.
final class Workspace: @unchecked Sendable {
  /// The sums of the last pass, one for each feature.
  private(set) var total: [Double]

  private let dataset: Dataset
  private let labels: [Double]
  private let blocks: [Range<Int>]
  private let isSingle: Bool
  /// For each block, one sum a feature.
  private let sums: UnsafeMutableBufferPointer<Double>
  /// The same in Float32, and the weights in Float32 in front of them.
  private let singles: UnsafeMutableBufferPointer<Float>
  private var scalars: [(cost: Double, errorSum: Double)]

  init(_ dataset: Dataset) {
    let features = dataset.featureCount
    self.dataset = dataset
    labels = dataset.examples.map { Double($0.label) }
    blocks = Self.blocks(of: dataset.count)
    isSingle = dataset.count * features > 1 << 24
    total = [Double](repeating: 0, count: features)
    scalars = Array(repeating: (0, 0), count: blocks.count)
    sums = .allocate(capacity: features * blocks.count)
    sums.initialize(repeating: 0)
    singles = .allocate(capacity: isSingle ? features * (blocks.count + 1) : 0)
    singles.initialize(repeating: 0)
  }

  deinit {
    sums.deallocate()
    singles.deallocate()
  }

  /// At most sixteen blocks of about equal size, none below 32 examples unless there are fewer.
  private static func blocks(of count: Int) -> [Range<Int>] {
    let number = max(1, min(16, count / 32))
    return (0..<number).map { $0 * count / number..<($0 + 1) * count / number }
  }

  /// Forward and backward over all examples: the sum of losses and Σ e, with e = dloss/dz; `total` becomes Σ e·x.
  func pass(weights: [Double], offset: Double, loss: Loss) -> (cost: Double, errorSum: Double) {
    if isSingle { for j in weights.indices { singles[j] = Float(weights[j]) } }
    weights.withUnsafeBufferPointer { weights in
      scalars.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let (weights, scalars) = (weights, buffer)
        dataset.withRows { rows in
          concurrently(blocks.count) { block in
            scalars[block] =
              isSingle
              ? self.singlePass(block, rows, offset: offset, loss: loss)
              : self.doublePass(block, rows, weights: weights, offset: offset, loss: loss)
          }
        }
      }
    }
    collect()
    return (scalars.reduce(0) { $0 + $1.cost }, scalars.reduce(0) { $0 + $1.errorSum })
  }

  private func doublePass(
    _ block: Int, _ rows: PixelRows, weights: UnsafeBufferPointer<Double>, offset: Double, loss: Loss
  ) -> (cost: Double, errorSum: Double) {
    let sums = blockSums(block)
    sums.update(repeating: 0)
    var (cost, errorSum) = (0.0, 0.0)
    for i in blocks[block] {
      let pixels = UnsafeBufferPointer(start: rows[i], count: sums.count)
      let logit = PixelKernels.dot(weights, pixels) / 255 + offset
      let error = loss.gradient(logit: logit, label: labels[i])
      cost += loss.value(logit: logit, label: labels[i])
      errorSum += error
      PixelKernels.add(error, times: pixels, to: sums)
    }
    return (cost, errorSum)
  }

  private func singlePass(
    _ block: Int, _ rows: PixelRows, offset: Double, loss: Loss
  ) -> (cost: Double, errorSum: Double) {
    let sums = blockSums(block)
    let features = sums.count
    guard let weights = singles.baseAddress else { return (0, 0) }
    let partial = weights + features * (block + 1)
    sums.update(repeating: 0)
    var (cost, errorSum) = (0.0, 0.0)
    for start in stride(from: blocks[block].lowerBound, to: blocks[block].upperBound, by: 256) {
      let end = min(start + 256, blocks[block].upperBound)
      partial.update(repeating: 0, count: features)
      for i in stride(from: start, to: end, by: 4) {
        let last = end - 1  // the last rows of a block may be fewer than four: they are repeated with a factor of 0
        let four = FourRows(rows[i], rows[min(i + 1, last)], rows[min(i + 2, last)], rows[min(i + 3, last)])
        let products = PixelKernels.dot(weights, rows: four, count: features)
        var errors = SIMD4<Float>.zero
        for r in 0..<min(4, end - i) {
          let logit = Double(products[r]) / 255 + offset
          let error = loss.gradient(logit: logit, label: labels[i + r])
          cost += loss.value(logit: logit, label: labels[i + r])
          errorSum += error
          errors[r] = Float(error)
        }
        PixelKernels.add(errors, times: four, to: partial, count: features)
      }
      for j in 0..<features { sums[j] += Double(partial[j]) }
    }
    return (cost, errorSum)
  }

  /// `total` becomes Σᵢ factor(i)·xᵢ over all examples.
  func transposedProduct(factor: @Sendable (Int) -> Double) {
    dataset.withRows { rows in
      concurrently(blocks.count) { block in
        let sums = self.blockSums(block)
        sums.update(repeating: 0)
        for i in blocks[block] {
          PixelKernels.add(factor(i), times: UnsafeBufferPointer(start: rows[i], count: sums.count), to: sums)
        }
      }
    }
    collect()
  }

  /// w·x/255 + offset for every example.
  func logits(weights: [Double], offset: Double) -> [Double] {
    [Double](unsafeUninitializedCapacity: dataset.count) { buffer, count in
      nonisolated(unsafe) let logits = buffer
      dataset.withRows { rows in
        concurrently(blocks.count) { block in
          weights.withUnsafeBufferPointer { weights in
            for i in blocks[block] {
              let pixels = UnsafeBufferPointer(start: rows[i], count: weights.count)
              logits.initializeElement(at: i, to: PixelKernels.dot(weights, pixels) / 255 + offset)
            }
          }
        }
      }
      count = dataset.count
    }
  }

  private func blockSums(_ block: Int) -> UnsafeMutableBufferPointer<Double> {
    let features = dataset.featureCount
    return UnsafeMutableBufferPointer(rebasing: sums[block * features..<(block + 1) * features])
  }

  /// Adds the blocks' sums into `total`, in order.
  private func collect() {
    let features = dataset.featureCount
    total.withUnsafeMutableBufferPointer { total in
      total.update(repeating: 0)
      for block in blocks.indices {
        for j in 0..<features { total[j] += sums[block * features + j] }
      }
    }
  }
}
