import PerceptCluster
import PerceptDatasets
import PerceptLinearAlgebra

extension Dataset {
  /// Divides the examples into at most 16 blocks of about equal size for parallel computation, with at least 32
  /// examples unless the dataset has fewer. They do not depend on the number of cores, so neither do sums over them.
  func blocks(atMost limit: Int = 16) -> [Range<Int>] {
    let number = max(1, min(16, limit, count / 32))
    return (0..<number).map { $0 * count / number..<($0 + 1) * count / number }
  }

  /// Returns the linear combination Σᵢ factor(i)·xᵢ of the bytes of all examples, in Float64: one sum for each feature. If
  /// the dataset is divided among ranks, the factors must be multiples of 2⁻²⁰, so that the sums are exact in any order.
  func combination(_ factor: @Sendable (Int) -> Double) -> [Double] {
    sum { i, pixels, sums in PixelKernels.add(factor(i), times: pixels, to: sums) }
  }

  /// The mean image: the mean byte of each feature, 0 … 255.
  package var meanFeatures: [Double] {
    let count = Double(count)
    return combination { _ in 1 }.map { $0 / count }
  }

  /// The mean and the population standard deviation of the bytes of each feature. The sums are exact.
  var featureMoments: (mean: [Double], deviation: [Double]) {
    let sums = combination { _ in 1 }
    let squares = sum { _, pixels, sums in
      for j in pixels.indices { sums[j] += Double(Int32(pixels[j]) * Int32(pixels[j])) }
    }
    let number = Int128(count)
    let deviation = zip(sums, squares).map { sum, square in
      // The variance times the square of the number of examples.
      Double(number * Int128(square) - Int128(sum) * Int128(sum)).squareRoot() / Double(count)
    }
    return (sums.map { $0 / Double(count) }, deviation)
  }

  /// Returns n sums, to which `add` adds the contribution of each example. Collective if the dataset is divided.
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
          for i in blocks[block] where isOwn(i) { add(i, UnsafeBufferPointer(start: rows[i], count: features), own) }
        }
      }
      for j in features..<max(features, sums.count) { sums[j % features] += sums[j] }
    }
    var total = Array(sums[..<features])
    if let cluster {
      var words = total.map { Int64($0 * 0x1p20) }
      cluster.sum(&words)
      total = words.map { Double($0) * 0x1p-20 }
    }
    return total
  }
}

/// Adds a multiple of `count` numbers: to[j] += factor·from[j].
func add(_ factor: Double, times from: UnsafePointer<Double>, to: UnsafeMutablePointer<Double>, _ count: Int) {
  for j in 0..<count { to[j] += factor * from[j] }
}
