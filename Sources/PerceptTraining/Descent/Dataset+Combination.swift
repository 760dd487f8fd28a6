import PerceptDatasets
import PerceptLinearAlgebra

extension Dataset {
  /// At most sixteen ranges of examples of about equal size, none below 32 examples unless there are fewer: work on them can
  /// be done at the same time, and cutting by shape alone makes its sum the same on any number of cores.
  func blocks(atMost limit: Int = 16) -> [Range<Int>] {
    let number = max(1, min(16, limit, count / 32))
    return (0..<number).map { $0 * count / number..<($0 + 1) * count / number }
  }

  /// Σᵢ factor(i)·xᵢ over all examples, in Float64: one sum of bytes' multiples for each feature.
  func combination(_ factor: @Sendable (Int) -> Double) -> [Double] {
    sum { i, pixels, sums in PixelKernels.add(factor(i), times: pixels, to: sums) }
  }

  /// The mean image: for each feature, the mean of its bytes, 0 … 255.
  package var meanFeatures: [Double] {
    let count = Double(count)
    return combination { _ in 1 }.map { $0 / count }
  }

  /// For each feature, the mean and the standard deviation of its bytes (divided by their number).
  var featureMoments: (mean: [Double], deviation: [Double]) {
    let (count, mean) = (Double(count), meanFeatures)
    let squares = sum { _, pixels, sums in
      for j in pixels.indices { sums[j] += (Double(pixels[j]) - mean[j]) * (Double(pixels[j]) - mean[j]) }
    }
    return (mean, squares.map { ($0 / count).squareRoot() })
  }

  /// What `add` adds for every example to n sums.
  private func sum(
    _ add: @Sendable (Int, UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<Double>) -> Void
  ) -> [Double] {
    let (blocks, features) = (blocks(), featureCount)
    var sums = [Double](repeating: 0, count: features * blocks.count)
    sums.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let sums = buffer
      withRows { rows in
        concurrently(blocks.count) { block in
          let own = UnsafeMutableBufferPointer(rebasing: sums[block * features..<(block + 1) * features])
          for i in blocks[block] { add(i, UnsafeBufferPointer(start: rows[i], count: features), own) }
        }
      }
      for j in features..<max(features, sums.count) { sums[j % features] += sums[j] }
    }
    return Array(sums[..<features])
  }
}

/// to[j] += factor·from[j] for `count` numbers.
func add(_ factor: Double, times from: UnsafePointer<Double>, to: UnsafeMutablePointer<Double>, _ count: Int) {
  for j in 0..<count { to[j] += factor * from[j] }
}
