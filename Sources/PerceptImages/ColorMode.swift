/// The meaning of an image's channels.
public enum ColorMode: String, Sendable, Hashable, CaseIterable, Codable {
  /// Red, green, blue.
  case rgb
  /// One gray channel (luma).
  case gray

  /// The number of channels, and of bytes per pixel: 3 or 1.
  public var channelCount: Int {
    switch self {
    case .rgb: 3
    case .gray: 1
    }
  }
}

extension Image {
  /// Returns the image converted to a color mode. RGB becomes gray with the luma of ITU-R BT.601 in 16-bit fixed point,
  /// as in Pillow's `convert("L")`: `(19595 R + 38470 G + 7471 B + 32768) >> 16`. Gray becomes three equal channels.
  ///
  /// - Parameter mode: the color mode of the result.
  /// - Returns: an image of the same size; the image itself if it already has that mode.
  public func converted(to mode: ColorMode) -> Image {
    switch (color, mode) {
    case (.rgb, .gray): Image(width: width, height: height, color: .gray, pixels: Self.luma(ofRGB: pixels))
    case (.gray, .rgb): Image(width: width, height: height, color: .rgb, pixels: Self.tripled(pixels))
    case (.rgb, .rgb), (.gray, .gray): self
    }
  }

  private static func luma(ofRGB pixels: [UInt8]) -> [UInt8] {
    let count = pixels.count / 3
    return [UInt8](unsafeUninitializedCapacity: count) { gray, initialized in
      pixels.withUnsafeBufferPointer { rgb in
        guard let rgb = rgb.baseAddress, let gray = gray.baseAddress else { return }
        ColorMode.luma(ofRGB: rgb, into: gray, count: count)
      }
      initialized = count
    }
  }

  private static func tripled(_ pixels: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 3 * pixels.count) { rgb, initialized in
      pixels.withUnsafeBufferPointer { gray in
        guard let gray = gray.baseAddress, let rgb = rgb.baseAddress else { return }
        ColorMode.triple(gray, into: rgb, count: pixels.count)
      }
      initialized = 3 * pixels.count
    }
  }
}

extension ColorMode {
  static func luma(ofRGB rgb: UnsafePointer<UInt8>, into gray: UnsafeMutablePointer<UInt8>, count: Int) {
    for i in 0..<count {
      let weighted = 19595 &* UInt32(rgb[3 &* i]) &+ 38470 &* UInt32(rgb[3 &* i &+ 1])
      gray[i] = UInt8(truncatingIfNeeded: (weighted &+ 7471 &* UInt32(rgb[3 &* i &+ 2]) &+ 0x8000) >> 16)
    }
  }

  static func triple(_ gray: UnsafePointer<UInt8>, into rgb: UnsafeMutablePointer<UInt8>, count: Int) {
    for i in 0..<count {
      for c in 0..<3 { rgb[3 &* i &+ c] = gray[i] }
    }
  }
}
