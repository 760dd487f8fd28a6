/// What the resampling kernels compute, in plain words: their definition, which tests hold every instruction set against.
package enum ReferenceResampling {
  /// Rows of `taps`' old length at its new one.
  ///
  /// - Parameters:
  ///   - samples: rows one after another, channels together.
  ///   - channels: samples a pixel.
  ///   - rowLength: samples in an old row.
  ///   - taps: which old pixels make each new one.
  /// - Returns: as many rows of `taps.count` pixels.
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

  /// As many rows as `taps` makes of those there are, of the same length.
  ///
  /// - Parameters:
  ///   - samples: rows one after another.
  ///   - rowLength: samples in a row.
  ///   - taps: which old rows make each new one.
  /// - Returns: `taps.count` rows.
  package static func down(_ samples: [UInt8], rowLength: Int, taps: ResamplingTaps) -> [UInt8] {
    (0..<taps.count).flatMap { i in
      (0..<rowLength).map { x in level(i, of: taps) { samples[$0 * rowLength + x] } }
    }
  }

  /// The weighted sum, begun at one half so that the shift rounds. Rounded weights may exceed 1 in total, so it is clipped
  /// above.
  private static func level(_ i: Int, of taps: ResamplingTaps, _ old: (Int) -> UInt8) -> UInt8 {
    var sum: Int32 = 1 << (ResamplingTaps.precision - 1)
    for j in 0..<Int(taps.spans[2 * i + 1]) {
      sum += taps.weights[i * taps.capacity + j] * Int32(old(Int(taps.spans[2 * i]) + j))
    }
    return UInt8(min(sum >> ResamplingTaps.precision, 255))
  }
}
