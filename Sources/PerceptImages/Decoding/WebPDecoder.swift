import CPerceptWebP

/// Decodes lossy and lossless WebP with libwebp.
enum WebPDecoder {
  static func decode(_ request: DecodingRequest) throws(ImageError.Reason) -> Image {
    let bytes = request.bytes
    var features = WebPBitstreamFeatures()
    let status = bytes.withUnsafeBufferPointer { WebPGetFeatures($0.baseAddress, $0.count, &features) }
    guard status == VP8_STATUS_OK else { throw .corrupt(format: "WebP", words: words(for: status)) }
    let width = Int(features.width)
    let height = Int(features.height)
    try request.check(width: width, height: height, format: .webp)
    if features.has_animation != 0 { throw .animated(format: "WebP") }
    let hasAlpha = features.has_alpha != 0
    let channels = hasAlpha ? 4 : 3
    let count = width * height * channels
    let decoded = request.memory.samples(count) { pixels in
      bytes.withUnsafeBufferPointer { file in
        let decode = hasAlpha ? WebPDecodeRGBAInto : WebPDecodeRGBInto
        return decode(file.baseAddress, file.count, pixels, count, Int32(width * channels)) != nil
      }
    }
    guard let decoded else { throw .corrupt(format: "WebP", words: "the pixel data is truncated or damaged") }
    let pixels = hasAlpha ? Alpha.straight.overWhite(decoded, channelCount: channels) : decoded
    return Image(width: width, height: height, color: .rgb, pixels: pixels).upright(from: Orientation(ofWebP: bytes))
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
