/// How colors are stored beside alpha.
enum Alpha {
  case straight
  /// Multiplied by alpha. Lossy compression can make a color larger than alpha.
  case premultiplied

  /// Composites over white and removes alpha: straight colors as `(c a + 255 (255 - a) + 127) / 255`, the exact value
  /// rounded to the nearest integer; premultiplied colors as `min(c, a) + 255 - a`. A pixel has 2 (gray and alpha) or 4
  /// channels (RGB and alpha).
  func overWhite(_ samples: [UInt8], channelCount: Int) -> [UInt8] {
    switch self {
    case .straight:
      Self.composite(samples, channelCount) { color, alpha in (color &* alpha &+ 255 &* (255 &- alpha) &+ 127) / 255 }
    case .premultiplied: Self.composite(samples, channelCount) { color, alpha in min(color, alpha) &+ 255 &- alpha }
    }
  }

  @inline(__always)
  private static func composite(
    _ samples: [UInt8], _ channelCount: Int, _ blend: (_ color: UInt32, _ alpha: UInt32) -> UInt32
  ) -> [UInt8] {
    let colors = channelCount - 1
    let pixelCount = samples.count / channelCount
    return [UInt8](unsafeUninitializedCapacity: pixelCount * colors) { composited, initialized in
      samples.withUnsafeBufferPointer { stored in
        for i in 0..<pixelCount {
          let alpha = UInt32(stored[i &* channelCount &+ colors])
          for c in 0..<colors {
            let blended = blend(UInt32(stored[i &* channelCount &+ c]), alpha)
            composited[i &* colors &+ c] = UInt8(truncatingIfNeeded: blended)
          }
        }
      }
      initialized = pixelCount * colors
    }
  }
}
