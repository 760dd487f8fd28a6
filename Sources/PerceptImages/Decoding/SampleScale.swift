import PerceptIO

/// Reduces samples of any depth to 8 bits.
enum SampleScale {
  /// Returns the byte for each sample from 0 to `maximum`, which is from 1 to 65,535. A sample of up to 8 bits becomes
  /// `255 s / maximum`, rounded to the nearest integer, and to the even one of two. One with more bits is first scaled to 16
  /// bits in the same way, and then reduced to its high byte, as in ``PNGDecoder``.
  static func bytes(of maximum: Int) -> [UInt8] {
    precondition((1...65_535).contains(maximum), "maximum must be from 1 to 65,535 (got \(maximum))")
    let (limit, shift) = maximum < 256 ? (255.0, 0) : (65_535.0, 8)
    return (0...maximum).map { sample in
      // The order of the operations is that of Pillow, so that halves are rounded in the same way.
      let scaled = (Double(sample) / Double(maximum) * limit).rounded(.toNearestOrEven)
      return UInt8(truncatingIfNeeded: Int(nearest: scaled) >> shift)
    }
  }
}
