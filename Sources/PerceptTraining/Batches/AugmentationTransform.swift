package import PerceptImages
import PerceptPlatform

/// A transformation of an image: mirroring, then rotation about the center, then a shift, and a change of brightness.
///
/// With the center c = ((width - 1)/2, (height - 1)/2), the angle θ, and the y axis pointing down, the pixel at p is
/// that of the mirrored image at q = c + (d₁·cos θ - d₂·sin θ, d₁·sin θ + d₂·cos θ), where d = p - (right, down) - c.
/// Samples are interpolated bilinearly, with positions and weights rounded to 1/256; without rotation, pixels are
/// copied. Edge pixels are repeated beyond the border. Samples are multiplied by the gain and clipped to 0 … 255.
package struct AugmentationTransform: Sendable, Hashable {
  /// Whether the image is mirrored horizontally.
  package var isMirrored = false
  /// The angle of rotation in degrees, counterclockwise.
  package var angle = 0.0
  /// The shift to the right, in pixels.
  package var right = 0
  package var down = 0
  /// The factor of all samples, ≥ 0 and < 2.
  package var gain = 1.0

  package init() {}

  /// Writes the transformed height x width x channels samples, channel last. `result` must not overlap `image`.
  package func write(
    _ image: UnsafePointer<UInt8>, size: ImageSize, channels: Int, into result: UnsafeMutablePointer<UInt8>
  ) {
    // If the number of channels is known at compile time, the compiler can unroll the loops over channels.
    switch (angle == 0, channels) {
    case (true, 1): copy(image, size, channels: 1, into: result)
    case (true, 3): copy(image, size, channels: 3, into: result)
    case (true, _): copy(image, size, channels: channels, into: result)
    case (false, 1): rotate(image, size, channels: 1, into: result)
    case (false, 3): rotate(image, size, channels: 3, into: result)
    case (false, _): rotate(image, size, channels: channels, into: result)
    }
    if gain != 1 { multiply(result, count: size.width * size.height * channels) }
  }

  package func changed(_ image: [UInt8], size: ImageSize, channels: Int) -> [UInt8] {
    precondition(
      image.count == size.width * size.height * channels, "needs width x height x channels samples")
    return [UInt8](unsafeUninitializedCapacity: image.count) { result, count in
      guard let result = result.baseAddress else { return }
      write(image, size: size, channels: channels, into: result)
      count = image.count
    }
  }

  /// Mirrors and shifts an image. Equals ``rotate(_:_:channels:into:)`` with the angle 0, in a fifth of the time.
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
  private func rotate(
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
          let upper = Self.interpolated(corner[channel], corner[channel &+ next], a)
          let lower = Self.interpolated(corner[channel &+ below], corner[channel &+ below &+ next], a)
          let sum = upper &<< 8 &+ (lower &- upper) &* b
          target[channel] = UInt8(truncatingIfNeeded: (sum &+ 1 << 15) &>> 16)
        }
        target += channels
        x &+= step.x
        y &+= step.y
      }
    }
  }

  /// Returns 256 times the linear interpolation of two samples at b/256.
  @inline(__always)
  private static func interpolated(_ one: UInt8, _ other: UInt8, _ b: Int32) -> Int32 {
    Int32(one) &<< 8 &+ (Int32(other) &- Int32(one)) &* b
  }

  private func multiply(_ samples: UnsafeMutablePointer<UInt8>, count: Int) {
    let factor = UInt32((gain * 65536).rounded())
    for i in 0..<count {
      samples[i] = UInt8(truncatingIfNeeded: min((UInt32(samples[i]) &* factor &+ 1 << 15) &>> 16, 255))
    }
  }

  /// Returns a position in units of 2⁻³² pixels. With this precision, the error accumulated along a row is negligible.
  private static func fixed(_ position: Double) -> Int { Int((position * 0x1p32).rounded()) }

  /// 1/512 pixel in fixed point. Adding it before truncation to 8 fractional bits rounds to the nearest 1/256.
  private static let half = 1 << 23
}
