/// How a picture's channels are to be read.
public enum ColorMode: String, Sendable, Hashable, CaseIterable, Codable {
  /// Red, green, blue.
  case rgb
  /// One channel of luminance.
  case gray

  /// Bytes per pixel: 3 or 1.
  public var channelCount: Int {
    switch self {
    case .rgb: 3
    case .gray: 1
    }
  }
}

extension Image {
  /// The same picture in another color mode; itself where it has that mode already.
  ///
  /// RGB to gray is the luma of ITU-R BT.601 in 16-bit fixed point, as Pillow's `convert("L")`:
  /// `(19595 R + 38470 G + 7471 B + 32768) >> 16`. Gray to RGB repeats the channel three times.
  ///
  /// - Parameter mode: the mode wanted.
  /// - Returns: a picture of the same size.
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
  /// `count` RGB pixels as gray ones.
  static func luma(ofRGB rgb: UnsafePointer<UInt8>, into gray: UnsafeMutablePointer<UInt8>, count: Int) {
    for i in 0..<count {
      let weighted = 19595 &* UInt32(rgb[3 &* i]) &+ 38470 &* UInt32(rgb[3 &* i &+ 1])
      gray[i] = UInt8(truncatingIfNeeded: (weighted &+ 7471 &* UInt32(rgb[3 &* i &+ 2]) &+ 0x8000) >> 16)
    }
  }

  /// `count` gray pixels as RGB ones.
  static func triple(_ gray: UnsafePointer<UInt8>, into rgb: UnsafeMutablePointer<UInt8>, count: Int) {
    for i in 0..<count {
      for c in 0..<3 { rgb[3 &* i &+ c] = gray[i] }
    }
  }
}
