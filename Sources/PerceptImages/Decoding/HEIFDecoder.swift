import CPerceptHEIF

/// Decodes HEIC and AVIF with libheif, which is loaded when it is first needed. It applies the orientation itself.
enum HEIFDecoder {
  /// Whether libheif is installed on this machine.
  package static var isAvailable: Bool { cheif_is_installed() }

  static func decode(_ request: DecodingRequest, format: ImageFormat) throws(ImageError.Reason) -> Image {
    guard isAvailable else { throw .missingLibrary(format: format.rawValue, package: "libheif1") }
    let bytes = request.bytes
    var words = ""
    var refusal: ImageError.Reason?
    let image = bytes.withUnsafeBufferPointer { file -> Image? in
      // libheif reads the bytes of the file until the image is closed, so the image must be closed in here.
      let image = withErrorText(&words) { cheif_open(file.baseAddress, file.count, $0, $1) }
      guard let image else { return nil }
      defer { cheif_close(image) }
      let width = Int(cheif_width(image))
      let height = Int(cheif_height(image))
      do throws(ImageError.Reason) {
        try request.check(width: width, height: height, format: format)
      } catch {
        refusal = error
        return nil
      }
      let channels = Int(cheif_channel_count(image))
      let decoded = request.memory.samples(width * height * channels) { pixels in
        withErrorText(&words) { cheif_decode(image, pixels, $0, $1) }
      }
      guard let decoded else { return nil }
      let pixels = channels == 4 ? Alpha.overWhite(decoded, channelCount: 4) : decoded
      return Image(width: width, height: height, color: .rgb, pixels: pixels)
    }
    if let image { return image }
    throw refusal ?? .corrupt(format: format.rawValue, words: words)
  }
}
