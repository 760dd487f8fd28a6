package import CPerceptKernels

/// Which old pixels make each new one along one direction, and with what weights, in 22-bit fixed point.
///
/// A new pixel `i` is centred at `(i + 1/2) scale` among the old ones, with `scale = old / new`. The triangle reaches
/// `support = max(scale, 1)` to either side and weighs old pixel `j` by `1 - |j + 1/2 - center| / support`; the weights
/// are normalised in Float64 and rounded to multiples of 2^-22. (The method of Pillow's antialiased filters.)
package struct ResamplingTaps {
  /// The fractional bits of the weights.
  package static let precision: Int32 = 22

  /// New pixels.
  package let count: Int
  /// For each new pixel the first old one that it uses, and how many.
  package let spans: [Int32]
  /// `count x capacity`; each row's weights stand at its beginning.
  package let weights: [Int32]
  /// Weights in a row.
  package let capacity: Int

  package init(from oldCount: Int, to newCount: Int) {
    let scale = Double(oldCount) / Double(newCount)
    let support = max(scale, 1)
    let capacity = min(oldCount, 2 * Int(support) + 3)
    var spans = [Int32](repeating: 0, count: 2 * newCount)
    var weights = [Int32](repeating: 0, count: newCount * capacity)
    var triangle = [Double](repeating: 0, count: capacity)
    for i in 0..<newCount {
      let center = (Double(i) + 0.5) * scale
      // Truncation towards zero, as in the original: a negative start is clamped anyway.
      let start = max(0, Int(center - support + 0.5))
      let count = min(oldCount, Int(center + support + 0.5)) - start
      var total = 0.0
      for j in 0..<count {
        triangle[j] = max(0, 1 - abs((Double(j + start) - center + 0.5) * (1 / support)))
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

  /// What the kernels take, valid only inside `body`.
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
