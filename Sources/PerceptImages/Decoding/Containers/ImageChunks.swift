/// The complete chunks of a PNG or WebP file, in their order in the file. Checksums are not verified.
struct ImageChunks: Sequence, IteratorProtocol {
  struct Chunk {
    /// The four characters of the type, such as `IDAT` or `VP8X`.
    let name: String
    let content: ArraySlice<UInt8>
  }

  private enum Layout {
    /// Length (big-endian), name, content, checksum.
    case png
    /// Name, length (little-endian), content, padding to an even length.
    case riff
  }

  private let bytes: [UInt8]
  private let layout: Layout
  private var position: Int

  /// The chunks of a PNG file, after the signature.
  init(ofPNG bytes: [UInt8]) { (self.bytes, layout, position) = (bytes, .png, 8) }

  /// The chunks of a WebP file, in its only RIFF chunk.
  init(ofWebP bytes: [UInt8]) { (self.bytes, layout, position) = (bytes, .riff, 12) }

  mutating func next() -> Chunk? {
    let isPNG = layout == .png
    guard let length = bytes.unsigned32(at: isPNG ? position : position + 4, bigEndian: isPNG) else { return nil }
    let (name, start) = (isPNG ? position + 4 : position, position + 8)
    guard start + length <= bytes.count else { return nil }
    position = start + length + (isPNG ? 4 : length % 2)
    return Chunk(
      name: String(decoding: bytes[name..<name + 4], as: UTF8.self), content: bytes[start..<start + length])
  }
}
