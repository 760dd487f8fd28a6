import CPerceptWebP

/// Decodes lossy and lossless WebP with libwebp: of an animation, the first frame.
enum WebPDecoder {
  static func decode(_ request: DecodingRequest) throws(ImageError.Reason) -> Image {
    let bytes = request.bytes
    var features = WebPBitstreamFeatures()
    let status = bytes.withUnsafeBufferPointer { WebPGetFeatures($0.baseAddress, $0.count, &features) }
    guard status == VP8_STATUS_OK else { throw .corrupt(format: "WebP", words: words(for: status)) }
    let canvas = Canvas(
      width: Int(features.width), height: Int(features.height), channels: features.has_alpha != 0 ? 4 : 3)
    try request.check(width: canvas.width, height: canvas.height, format: .webp)
    let decoded = request.memory.samples(canvas.count) { pixels in
      bytes.withUnsafeBufferPointer { file in
        let file = WebPData(bytes: file.baseAddress, size: file.count)
        return features.has_animation == 0
          ? canvas.draw(file, into: pixels) : canvas.drawFirstFrame(of: file, into: pixels)
      }
    }
    guard let decoded else { throw .corrupt(format: "WebP", words: "the pixel data is truncated or damaged") }
    let pixels = canvas.channels == 4 ? Alpha.straight.overWhite(decoded, channelCount: 4) : decoded
    return Image(width: canvas.width, height: canvas.height, color: .rgb, pixels: pixels)
      .upright(from: Orientation(ofWebP: bytes))
  }

  private struct Canvas {
    let width: Int
    let height: Int
    let channels: Int

    var count: Int { width * height * channels }

    /// Draws the first frame of an animation. The rest of the canvas is transparent, or black if there is no alpha.
    func drawFirstFrame(of file: WebPData, into pixels: UnsafeMutablePointer<UInt8>) -> Bool {
      let demuxer = withUnsafePointer(to: file) { WebPDemux($0) }
      guard let demuxer else { return false }
      defer { WebPDemuxDelete(demuxer) }
      var frame = WebPIterator()
      guard WebPDemuxGetFrame(demuxer, 1, &frame) != 0 else { return false }
      defer { WebPDemuxReleaseIterator(&frame) }
      pixels.initialize(repeating: 0, count: count)
      return draw(frame.fragment, x: Int(frame.x_offset), y: Int(frame.y_offset), into: pixels)
    }

    /// Decodes an image into the canvas, at a position. The result is `false` if it is damaged or exceeds the canvas.
    func draw(_ image: WebPData, x: Int = 0, y: Int = 0, into pixels: UnsafeMutablePointer<UInt8>) -> Bool {
      let start = (y * width + x) * channels
      let decode = channels == 4 ? WebPDecodeRGBAInto : WebPDecodeRGBInto
      return decode(image.bytes, image.size, pixels + start, count - start, Int32(width * channels)) != nil
    }
  }

  private static func words(for status: VP8StatusCode) -> String {
    switch status {
    case VP8_STATUS_NOT_ENOUGH_DATA: "unexpected end of file"
    case VP8_STATUS_UNSUPPORTED_FEATURE: "it uses a feature that libwebp does not support"
    case VP8_STATUS_OUT_OF_MEMORY: "out of memory"
    default: "the header is damaged"
    }
  }
}
