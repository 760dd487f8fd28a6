import PerceptDatasets
import PerceptLinearAlgebra

extension Dataset {
  /// Divides the examples into at most 16 blocks of about equal size for parallel computation, with at least 32
  /// examples unless the dataset has fewer. They do not depend on the number of cores, so neither do sums over them.
  func blocks(atMost limit: Int = 16) -> [Range<Int>] {
    let number = max(1, min(16, limit, count / 32))
    return (0..<number).map { $0 * count / number..<($0 + 1) * count / number }
  }

  /// Returns the linear combination Σᵢ factor(i)·xᵢ of the bytes of all examples, in Float64: one sum for each feature.
  func combination(_ factor: @Sendable (Int) -> Double) -> [Double] {
    sum { i, pixels, sums in PixelKernels.add(factor(i), times: pixels, to: sums) }
  }

  /// The mean image: the mean byte of each feature, 0 … 255.
  package var meanFeatures: [Double] {
    let count = Double(count)
    return combination { _ in 1 }.map { $0 / count }
  }

  /// The mean and the population standard deviation of the bytes of each feature.
  var featureMoments: (mean: [Double], deviation: [Double]) {
    let (count, mean) = (Double(count), meanFeatures)
    let squares = sum { _, pixels, sums in
      for j in pixels.indices { sums[j] += (Double(pixels[j]) - mean[j]) * (Double(pixels[j]) - mean[j]) }
    }
    return (mean, squares.map { ($0 / count).squareRoot() })
  }

  /// Returns n sums, to which `add` adds the contribution of each example.
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

/// Adds a multiple of `count` numbers: to[j] += factor·from[j].
func add(_ factor: Double, times from: UnsafePointer<Double>, to: UnsafeMutablePointer<Double>, _ count: Int) {
  for j in 0..<count { to[j] += factor * from[j] }
}
