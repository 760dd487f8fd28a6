import Glibc
package import PerceptImages

/// One change of a picture: mirrored, then turned about its centre, then shifted, and made brighter or darker.
///
/// With c the centre ((width - 1)/2, (height - 1)/2), y counted downwards and θ the angle, the pixel at p is taken from
///
///     q = c + ((d₁·cos θ - d₂·sin θ), (d₁·sin θ + d₂·cos θ)),  d = p - (right, down) - c,
///
/// of the mirrored picture. Between pixels it is interpolated bilinearly, places and weights rounded to 1/256; beyond an edge the
/// edge goes on. Without an angle every pixel is a copy. Samples are multiplied by the gain, and stay within 0 … 255.
package struct AugmentationTransform: Sendable, Hashable {
  /// Whether left and right are exchanged.
  package var isMirrored = false
  /// In degrees, counterclockwise.
  package var angle = 0.0
  /// How many columns it moves to the right.
  package var right = 0
  /// How many rows it moves downwards.
  package var down = 0
  /// What samples are multiplied by, 0 up to 2.
  package var gain = 1.0

  /// No change.
  package init() {}

  /// Writes the changed picture.
  ///
  /// - Parameters:
  ///   - picture: height x width x channels samples, channel last.
  ///   - size: width and height.
  ///   - channels: how many samples a pixel has.
  ///   - result: receives as many samples; other memory than the picture's.
  package func write(
    _ image: UnsafePointer<UInt8>, size: ImageSize, channels: Int, into result: UnsafeMutablePointer<UInt8>
  ) {
    // Known at compile time, the number of channels makes the loops over them go away.
    switch (angle == 0, channels) {
    case (true, 1): copy(image, size, channels: 1, into: result)
    case (true, 3): copy(image, size, channels: 3, into: result)
    case (true, _): copy(image, size, channels: channels, into: result)
    case (false, 1): turn(image, size, channels: 1, into: result)
    case (false, 3): turn(image, size, channels: 3, into: result)
    case (false, _): turn(image, size, channels: channels, into: result)
    }
    if gain != 1 { multiply(result, count: size.width * size.height * channels) }
  }

  /// The changed picture: ``write(_:size:channels:into:)`` for arrays.
  package func changed(_ image: [UInt8], size: ImageSize, channels: Int) -> [UInt8] {
    precondition(image.count == size.width * size.height * channels)
    return [UInt8](unsafeUninitializedCapacity: image.count) { result, count in
      guard let result = result.baseAddress else { return }
      write(image, size: size, channels: channels, into: result)
      count = image.count
    }
  }

  /// The same as ``turn(_:_:channels:into:)`` makes of no angle, in a fifth of the time.
  @inline(__always)
  private func copy(
    _ image: UnsafePointer<UInt8>, _ size: ImageSize, channels: Int, into result: UnsafeMutablePointer<UInt8>
  ) {
    let (lastColumn, lastRow) = (size.width - 1, size.height - 1)
    var target = result
    for row in 0...lastRow {
      let line = image + min(max(row - down, 0), lastRow) * size.width * channels
      for column in 0...lastColumn {
        let place = min(max(column &- right, 0), lastColumn)
        let pixel = line + (isMirrored ? lastColumn &- place : place) &* channels
        for channel in 0..<channels { target[channel] = pixel[channel] }
        target += channels
      }
    }
  }

  @inline(__always)
  private func turn(
    _ image: UnsafePointer<UInt8>, _ size: ImageSize, channels: Int, into result: UnsafeMutablePointer<UInt8>
  ) {
    let (width, height) = (size.width, size.height)
    let (lastColumn, lastRow) = ((width - 1) << 8, (height - 1) << 8)
    let (sine, cosine) = (sin(angle * .pi / 180), cos(angle * .pi / 180))
    let center = (x: Double(width - 1) / 2, y: Double(height - 1) / 2)
    let side = isMirrored ? -1.0 : 1
    let step = (x: Self.fixed(side * cosine), y: Self.fixed(sine))
    var target = result
    for row in 0..<height {
      let (across, along) = (-Double(right) - center.x, Double(row - down) - center.y)
      var x = Self.fixed(center.x + side * (across * cosine - along * sine)) + Self.half
      var y = Self.fixed(center.y + across * sine + along * cosine) + Self.half
      for _ in 0..<width {
        let (u, v) = (min(max(x >> 24, 0), lastColumn), min(max(y >> 24, 0), lastRow))
        let corner = image + ((v >> 8) &* width &+ (u >> 8)) &* channels
        let next = u < lastColumn ? channels : 0
        let below = v < lastRow ? width &* channels : 0
        let (a, b) = (Int32(truncatingIfNeeded: u & 255), Int32(truncatingIfNeeded: v & 255))
        for channel in 0..<channels {
          let upper = Self.between(corner[channel], corner[channel &+ next], a)
          let lower = Self.between(corner[channel &+ below], corner[channel &+ below &+ next], a)
          let sum = upper &<< 8 &+ (lower &- upper) &* b
          target[channel] = UInt8(truncatingIfNeeded: (sum &+ 1 << 15) &>> 16)
        }
        target += channels
        x &+= step.x
        y &+= step.y
      }
    }
  }

  /// 256 times what lies between two samples, b/256 of the way.
  @inline(__always)
  private static func between(_ one: UInt8, _ other: UInt8, _ b: Int32) -> Int32 {
    Int32(one) &<< 8 &+ (Int32(other) &- Int32(one)) &* b
  }

  private func multiply(_ samples: UnsafeMutablePointer<UInt8>, count: Int) {
    let factor = UInt32((gain * 65536).rounded())
    for i in 0..<count {
      samples[i] = UInt8(truncatingIfNeeded: min((UInt32(samples[i]) &* factor &+ 1 << 15) &>> 16, 255))
    }
  }

  /// A place in units of 2⁻³² pixels, so that steps along a row add no error that could be seen.
  private static func fixed(_ place: Double) -> Int { Int((place * 0x1p32).rounded()) }

  /// 1/512 pixel, which makes cutting off all but 8 bits a rounding.
  private static let half = 1 << 23
}
