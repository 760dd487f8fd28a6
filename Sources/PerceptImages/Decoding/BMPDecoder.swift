import PerceptIO

/// Decodes BMP as Pillow does: a color of fewer than 8 bits becomes `255 c / maximum`, rounded down. Pixels that run
/// lengths leave out have index 0.
enum BMPDecoder {
  static func decode(_ request: DecodingRequest) throws(ImageError.Reason) -> Image {
    let header = try BMPHeader(request.bytes)
    try request.check(width: header.width, height: header.height, format: .bmp)
    let size = ImageSize(width: header.width, height: header.height)
    switch header.layout {
    case .indices(let bits):
      let rows = try Rows(header, bits: bits, in: request.bytes)
      let indices = rows.samples(1, in: request.memory) { row, target in
        let packed = PackedSamples(row, bits: bits)
        for x in 0..<size.width { target[x] = UInt8(truncatingIfNeeded: packed[x]) }
      }
      return header.palette.image(size, of: indices, in: request.memory)
    case .runs(let bits):
      let indices = try BMPRuns.indices(header, bits: bits, in: request)
      return header.palette.image(size, of: indices, in: request.memory)
    case .bytes:
      let rows = try Rows(header, bits: 24, in: request.bytes)
      let pixels = rows.samples(3, in: request.memory) { row, target in
        for x in 0..<size.width { for c in 0..<3 { target[3 * x + c] = row[3 * x + 2 - c] } }
      }
      return Image(width: size.width, height: size.height, color: .rgb, pixels: pixels)
    case .fields(let bits, let masks):
      return try image(header, bits: bits, masks: masks, in: request)
    }
  }

  private static func image(
    _ header: BMPHeader, bits: Int, masks: [Int], in request: DecodingRequest
  ) throws(ImageError.Reason) -> Image {
    let rows = try Rows(header, bits: bits, in: request.bytes)
    let channels = masks[3] == 0 ? 3 : 4
    let fields = masks[..<channels].map(Field.init)
    let bytes = bits / 8
    let pixels = rows.samples(channels, in: request.memory) { row, target in
      for x in 0..<header.width {
        var value = 0
        for i in 0..<bytes { value |= Int(row[bytes &* x &+ i]) << (8 &* i) }
        for c in 0..<channels { target[channels &* x &+ c] = fields[c].byte(value) }
      }
    }
    return Image(
      width: header.width, height: header.height, color: .rgb,
      pixels: channels == 4 ? Alpha.straight.overWhite(pixels, channelCount: 4) : pixels)
  }

  /// The bits of a channel.
  private struct Field {
    private let mask: Int
    private let shift: Int
    private let maximum: Int

    init(_ mask: Int) {
      (self.mask, shift) = (mask, mask.trailingZeroBitCount)
      maximum = mask >> shift
    }

    func byte(_ value: Int) -> UInt8 { UInt8(truncatingIfNeeded: (value & mask) >> shift &* 255 / maximum) }
  }

  /// The rows of an image that is not compressed. Their lengths in the file are multiples of 4 bytes.
  private struct Rows {
    private let header: BMPHeader
    private let bytes: [UInt8]
    private let length: Int
    private let stride: Int

    init(_ header: BMPHeader, bits: Int, in bytes: [UInt8]) throws(ImageError.Reason) {
      (self.header, self.bytes) = (header, bytes)
      length = PackedSamples.byteCount(of: header.width, bits: bits)
      stride = (length + 3) / 4 * 4
      guard stride * (header.height - 1) + length <= bytes.count - header.start else { throw BMPHeader.truncated }
    }

    /// Returns the samples of all rows from the top down.
    func samples(
      _ channels: Int, in memory: SampleMemory,
      _ read: (UnsafeBufferPointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Void
    ) -> [UInt8] {
      let width = header.width * channels
      return memory.samples(
        header.height * width,
        setBy: { samples in
          bytes.withUnsafeBufferPointer { bytes in
            for y in 0..<header.height {
              let row = header.isTopDown ? y : header.height - 1 - y
              let start = header.start + row * stride
              read(UnsafeBufferPointer(rebasing: bytes[start..<start + length]), samples + y * width)
            }
          }
        })
    }
  }
}
