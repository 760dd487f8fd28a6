/// Reads the blocks of a GIF up to a frame.
struct GIFBlocks {
  /// A frame before its pixels.
  struct Frame {
    let left: Int
    let top: Int
    let width: Int
    let height: Int
    let isInterlaced: Bool
    /// The colors of the frame or else of the file; `nil` if there are none.
    let palette: Palette?
    /// The index of transparent pixels.
    let transparent: UInt8?
    /// The number of bits of an index.
    let bits: Int
  }

  private let bytes: [UInt8]
  /// The position of the next block.
  private var position: Int
  private var palette: Palette?
  /// The size of the canvas, which a frame may exceed.
  let width: Int
  let height: Int

  init(_ bytes: [UInt8]) throws(ImageError.Reason) {
    guard bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) else {
      throw Self.corrupt("the signature is damaged")
    }
    guard bytes.count >= 13, let width = bytes.unsigned16(at: 6, bigEndian: false),
      let height = bytes.unsigned16(at: 8, bigEndian: false)
    else { throw Self.truncated }
    (self.bytes, self.width, self.height, position) = (bytes, width, height, 13)
    palette = try readPalette(flags: bytes[10])
  }

  /// Returns the next frame, and moves to its pixels; `nil` after the last one.
  mutating func nextFrame() throws(ImageError.Reason) -> Frame? {
    var transparent: UInt8?
    while true {
      switch try byte() {
      case 0x21:  // an extension
        let label = try byte()
        let content = try subblock()
        if label == 0xF9, content.count >= 4, let first = content.first {
          transparent = first & 1 == 0 ? nil : content[content.startIndex + 3]
        }
        if !content.isEmpty { try skipSubblocks() }
      case 0x2C: return try frame(transparent)
      case 0x3B: return nil
      case 0: continue  // some writers end extensions twice
      default: throw Self.corrupt("an unknown block")
      }
    }
  }

  private mutating func frame(_ transparent: UInt8?) throws(ImageError.Reason) -> Frame {
    var sides: [Int] = []
    for _ in 0..<4 { sides.append(Int(try byte()) | Int(try byte()) << 8) }
    let flags = try byte()
    let own = try readPalette(flags: flags)
    let bits = Int(try byte())
    guard (1...8).contains(bits) else { throw Self.corrupt("an index has \(bits) bits") }
    return Frame(
      left: sides[0], top: sides[1], width: sides[2], height: sides[3], isInterlaced: flags & 0x40 != 0,
      palette: own ?? palette, transparent: transparent, bits: bits)
  }

  private mutating func readPalette(flags: UInt8) throws(ImageError.Reason) -> Palette? {
    guard flags & 0x80 != 0 else { return nil }
    let end = position + 3 << (Int(flags & 7) + 1)
    guard end <= bytes.count else { throw Self.truncated }
    defer { position = end }
    return Palette(bytes[position..<end])
  }

  mutating func skipSubblocks() throws(ImageError.Reason) { while try !subblock().isEmpty {} }

  /// Reads the next part of a block: at most 255 bytes. The last part is empty.
  mutating func subblock() throws(ImageError.Reason) -> ArraySlice<UInt8> {
    let count = Int(try byte())
    guard position + count <= bytes.count else { throw Self.truncated }
    defer { position += count }
    return bytes[position..<position + count]
  }

  private mutating func byte() throws(ImageError.Reason) -> UInt8 {
    guard position < bytes.count else { throw Self.truncated }
    defer { position += 1 }
    return bytes[position]
  }

  static let truncated = corrupt("unexpected end of file")

  static func corrupt(_ words: String) -> ImageError.Reason { .corrupt(format: "GIF", words: words) }
}
