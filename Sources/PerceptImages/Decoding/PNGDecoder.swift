import CPerceptPNG

/// Decodes PNG with libpng. Palettes and low bit depths are expanded, 16-bit samples are reduced to their high byte, and
/// gamma is ignored (as in Pillow).
enum PNGDecoder {
  static func decode(_ request: DecodingRequest) throws(ImageError.Reason) -> Image {
    let bytes = request.bytes
    var header = cpng_header()
    var words = ""
    let isRead = bytes.withUnsafeBufferPointer { file in
      withErrorText(&words) { cpng_read_header(file.baseAddress, file.count, &header, $0, $1) }
    }
    guard isRead else { throw .corrupt(format: "PNG", words: words) }
    let width = Int(header.width)
    let height = Int(header.height)
    let channels = Int(header.channel_count)
    try request.check(width: width, height: height, format: .png)
    let decoded = request.memory.samples(width * height * channels) { pixels in
      bytes.withUnsafeBufferPointer { file in
        withErrorText(&words) { cpng_decode(file.baseAddress, file.count, header, pixels, $0, $1) }
      }
    }
    guard let decoded else { throw .corrupt(format: "PNG", words: words) }
    let hasAlpha = channels == 2 || channels == 4
    let image = Image(
      width: width, height: height, color: channels < 3 ? .gray : .rgb,
      pixels: hasAlpha ? Alpha.straight.overWhite(decoded, channelCount: channels) : decoded)
    return image.upright(from: Orientation(ofPNG: bytes))
  }
}
