package import CPerceptKernels

/// The old pixels that contribute to each new pixel along one direction, and their weights, in 22-bit fixed point.
///
/// The center of new pixel `i` is at `start + (i + 1/2) scale` among the old pixels, with `scale = length / new`. The
/// triangle filter has a radius of `support = max(scale, 1)`; the weight of old pixel `j` is
/// `1 - |j + 1/2 - center| / support`, times the part of the pixel that is in the span. The weights are normalized in
/// Float64 and rounded to multiples of 2^-22. For complete pixels, this is the method of Pillow's antialiased filters.
package struct ResamplingTaps {
  /// The number of fractional bits in the weights.
  package static let precision: Int32 = 22

  /// The number of new pixels.
  package let count: Int
  /// For each new pixel, the index of its first old pixel and the number of its old pixels.
  package let spans: [Int32]
  /// The weights, `count x capacity`. The weights of a new pixel are at the beginning of its row.
  package let weights: [Int32]
  /// The number of weights in a row.
  package let capacity: Int

  package init(from old: SampleSpan, to newCount: Int) {
    let oldCount = old.count
    let scale = old.length / Double(newCount)
    let support = max(scale, 1)
    let capacity = min(oldCount, 2 * Int(support) + 3)
    var spans = [Int32](repeating: 0, count: 2 * newCount)
    var weights = [Int32](repeating: 0, count: newCount * capacity)
    var triangle = [Double](repeating: 0, count: capacity)
    for i in 0..<newCount {
      let center = old.start + (Double(i) + 0.5) * scale
      // Truncates toward zero, as Pillow does. A negative start is clamped to 0 in any case.
      let start = max(0, Int(center - support + 0.5))
      let count = min(oldCount, Int(center + support + 0.5)) - start
      var total = 0.0
      for j in 0..<count {
        triangle[j] =
          max(0, 1 - abs((Double(j + start) - center + 0.5) * (1 / support))) * old.coverage(of: j + start)
        total += triangle[j]
      }
      for j in 0..<count {
        let normalized = total == 0 ? triangle[j] : triangle[j] / total
        weights[i * capacity + j] = Int32(0.5 + normalized * Double(1 << Self.precision))
      }
      (spans[2 * i], spans[2 * i + 1]) = (Int32(start), Int32(count))
    }
    self.count = newCount
    self.capacity = capacity
    self.spans = spans
    self.weights = weights
  }

  /// Calls `body` with the taps as the kernels use them, which are valid only during the call.
  package func withKernelTaps(_ body: (UnsafePointer<resampling_taps>) -> Void) {
    spans.withUnsafeBufferPointer { spans in
      weights.withUnsafeBufferPointer { weights in
        var taps = resampling_taps(
          spans: spans.baseAddress, weights: weights.baseAddress, capacity: capacity, count: count)
        body(&taps)
      }
    }
  }
}
