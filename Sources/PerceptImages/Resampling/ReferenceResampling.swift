/// The reference implementation of the resampling kernels. It defines their results, and tests compare every instruction
/// set with it.
package enum ReferenceResampling {
  /// Resamples rows of `rowLength` samples, `channels` per pixel, to rows of `taps.count` pixels.
  package static func across(
    _ samples: [UInt8], channels: Int, rowLength: Int, taps: ResamplingTaps
  ) -> [UInt8] {
    var result: [UInt8] = []
    for row in stride(from: 0, to: samples.count, by: rowLength) {
      for i in 0..<taps.count {
        for c in 0..<channels { result.append(level(i, of: taps) { samples[row + $0 * channels + c] }) }
      }
    }
    return result
  }

  /// Resamples rows of `rowLength` samples to `taps.count` rows of the same length.
  package static func down(_ samples: [UInt8], rowLength: Int, taps: ResamplingTaps) -> [UInt8] {
    (0..<taps.count).flatMap { i in
      (0..<rowLength).map { x in level(i, of: taps) { samples[$0 * rowLength + x] } }
    }
  }

  /// Returns the weighted sum of old samples. The sum starts at one half, so that the shift rounds. The total of rounded
  /// weights may exceed 1, so the result is clamped to 255.
  private static func level(_ i: Int, of taps: ResamplingTaps, _ old: (Int) -> UInt8) -> UInt8 {
    var sum: Int32 = 1 << (ResamplingTaps.precision - 1)
    for j in 0..<Int(taps.spans[2 * i + 1]) {
      sum += taps.weights[i * taps.capacity + j] * Int32(old(Int(taps.spans[2 * i]) + j))
    }
    return UInt8(min(sum >> ResamplingTaps.precision, 255))
  }
}
