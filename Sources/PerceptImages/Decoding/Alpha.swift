enum Alpha {
  /// Composites straight (not premultiplied) alpha over white and removes it: `(c a + 255 (255 - a) + 127) / 255`, the
  /// exact value rounded to the nearest integer. A pixel has 2 (gray and alpha) or 4 channels (RGB and alpha).
  static func overWhite(_ samples: [UInt8], channelCount: Int) -> [UInt8] {
    let colors = channelCount - 1
    let pixelCount = samples.count / channelCount
    return [UInt8](unsafeUninitializedCapacity: pixelCount * colors) { composited, initialized in
      samples.withUnsafeBufferPointer { straight in
        for i in 0..<pixelCount {
          let alpha = UInt32(straight[i &* channelCount &+ colors])
          let white = 255 &* (255 &- alpha) &+ 127
          for c in 0..<colors {
            let blended = UInt32(straight[i &* channelCount &+ c]) &* alpha &+ white
            composited[i &* colors &+ c] = UInt8(truncatingIfNeeded: blended / 255)
          }
        }
      }
      initialized = pixelCount * colors
    }
  }
}
