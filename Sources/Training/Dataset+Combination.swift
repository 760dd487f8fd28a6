import Datasets
import LinearAlgebra

extension Dataset {
  /// At most sixteen ranges of examples of about equal size, none below 32 examples unless there are fewer: work on them can
  /// be done at the same time, and cutting by shape alone makes its sum the same on any number of cores.
  var blocks: [Range<Int>] {
    let number = max(1, min(16, count / 32))
    return (0..<number).map { $0 * count / number..<($0 + 1) * count / number }
  }

  /// Σᵢ factor(i)·xᵢ over all examples, in Float64: one sum of bytes' multiples for each feature.
  func combination(_ factor: @Sendable (Int) -> Double) -> [Double] {
    let (blocks, features) = (blocks, featureCount)
    var sums = [Double](repeating: 0, count: features * blocks.count)
    sums.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let sums = buffer
      withRows { rows in
        concurrently(blocks.count) { block in
          let own = UnsafeMutableBufferPointer(rebasing: sums[block * features..<(block + 1) * features])
          for i in blocks[block] {
            PixelKernels.add(factor(i), times: UnsafeBufferPointer(start: rows[i], count: features), to: own)
          }
        }
      }
      for j in features..<max(features, sums.count) { sums[j % features] += sums[j] }
    }
    return Array(sums[..<features])
  }

  /// The mean image: for each feature, the mean of its bytes.
  var meanFeatures: [Double] {
    let count = Double(count)
    return combination { _ in 1 }.map { $0 / count }
  }
}

/// Σⱼ a[j]·b[j].
func dot(_ a: [Double], _ b: [Double]) -> Double {
  a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      var sum = 0.0
      for j in a.indices { sum += a[j] * b[j] }
      return sum
    }
  }
}
