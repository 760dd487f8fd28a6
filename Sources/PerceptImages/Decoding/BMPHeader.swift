/// What a BMP file declares before its pixels: the headers of Windows and of OS/2.
struct BMPHeader {
  /// How the pixels are stored.
  enum Layout: Equatable {
    /// Indices of 1, 2, 4 or 8 bits.
    case indices(bits: Int)
    /// Run lengths of indices with 4 or 8 bits.
    case runs(bits: Int)
    /// Blue, green and red, in 3 bytes.
    case bytes
    /// Fields of 16 or 32 bits: masks of red, green, blue, and of alpha, which may be 0.
    case fields(bits: Int, masks: [Int])
  }

  let width: Int
  let height: Int
  /// Whether the first row of the file is the upper one.
  let isTopDown: Bool
  let layout: Layout
  let palette: Palette
  /// The position of the pixels in the file.
  let start: Int

  init(_ bytes: [UInt8]) throws(ImageError.Reason) {
    func number(_ position: Int, _ count: Int = 4) throws(ImageError.Reason) -> Int {
      let found =
        count == 2
        ? bytes.unsigned16(at: position, bigEndian: false) : bytes.unsigned32(at: position, bigEndian: false)
      guard let found else { throw Self.truncated }
      return found
    }
    start = try number(10)
    let length = try number(14)
    let end = 14 + length
    let isCore = length == 12
    guard isCore || [16, 40, 52, 56, 64, 108, 124].contains(length) else {
      throw Self.corrupt("the header has \(length) bytes")
    }
    width = isCore ? try number(18, 2) : Int(Int32(truncatingIfNeeded: try number(18)))
    let rows = isCore ? try number(20, 2) : Int(Int32(truncatingIfNeeded: try number(22)))
    (height, isTopDown) = (abs(rows), rows < 0)
    let bits = try number(isCore ? 24 : 28, 2)
    let compression = length >= 20 ? try number(30) : 0
    let isOS2 = length == 16 || length == 64
    var paletteStart = end
    switch (compression, bits) {
    case (0, 1), (0, 2), (0, 4), (0, 8): layout = .indices(bits: bits)
    case (1, 8), (2, 4): layout = .runs(bits: bits)
    case (0, 24), (3, 24): layout = .bytes
    case (0, 16): layout = .fields(bits: 16, masks: [0x7C00, 0x3E0, 0x1F, 0])
    case (0, 32): layout = .fields(bits: 32, masks: [0xFF_0000, 0xFF00, 0xFF, 0])
    case (3, 16), (3, 32), (6, 16), (6, 32):
      guard !isOS2 else { throw Self.unsupported(compression, bits) }
      let hasAlpha = length >= 56 || compression == 6
      var masks: [Int] = []
      for position in [54, 58, 62] { masks.append(try number(position)) }
      masks.append(hasAlpha ? try number(66) : 0)
      guard masks[0] != 0, masks[1] != 0, masks[2] != 0 else { throw Self.corrupt("a color has no bits") }
      paletteStart = max(end, hasAlpha ? 70 : 66)
      layout = .fields(bits: bits, masks: masks)
    default: throw Self.unsupported(compression, bits)
    }
    guard start >= paletteStart else { throw Self.corrupt("the pixels begin within the header") }
    guard start < bytes.count else { throw Self.truncated }
    let declared = length >= 40 ? try number(46) : 0
    palette =
      bits > 8
      ? .grays
      : Self.palette(
        bytes[paletteStart..<start], entry: isCore ? 3 : 4, count: min(declared == 0 ? 256 : declared, 1 << bits))
  }

  /// Returns the palette that `bytes` begin with: blue, green, red and, except in the oldest header, an unused byte.
  private static func palette(_ bytes: ArraySlice<UInt8>, entry: Int, count: Int) -> Palette {
    Palette(
      (0..<min(count, bytes.count / entry)).flatMap { index in
        let place = bytes.startIndex + index * entry
        return [bytes[place + 2], bytes[place + 1], bytes[place]]
      })
  }

  static let truncated = corrupt("unexpected end of file")

  static func corrupt(_ words: String) -> ImageError.Reason { .corrupt(format: "BMP", words: words) }

  private static func unsupported(_ compression: Int, _ bits: Int) -> ImageError.Reason {
    switch compression {
    case 4: .unsupported(kind: "a BMP image that contains a JPEG")
    case 5: .unsupported(kind: "a BMP image that contains a PNG")
    default: .unsupported(kind: "a BMP image of compression \(compression) with \(bits) bits per pixel")
    }
  }
}
