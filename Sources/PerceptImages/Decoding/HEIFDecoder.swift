import CPerceptHEIF

/// Decodes HEIC and AVIF with libheif, which is loaded when it is first needed: of an image sequence, the still image that
/// represents it. libheif applies the orientation itself.
enum HEIFDecoder {
  /// Whether libheif is installed on this machine.
  package static var isAvailable: Bool { cheif_is_installed() }

  static func decode(_ request: DecodingRequest, format: ImageFormat) throws(ImageError.Reason) -> Image {
    guard isAvailable else { throw .missingLibrary(format: format.rawValue, package: "libheif1") }
    try checkDeclaredSizes(request, format: format)
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
      let alpha = cheif_is_premultiplied(image) ? Alpha.premultiplied : .straight
      let pixels = channels == 4 ? alpha.overWhite(decoded, channelCount: 4) : decoded
      return Image(width: width, height: height, color: .rgb, pixels: pixels)
    }
    if let image { return image }
    throw refusal ?? .corrupt(format: format.rawValue, words: words)
  }

  /// Checks all sizes in the file, before libheif allocates memory for one of them.
  private static func checkDeclaredSizes(
    _ request: DecodingRequest, format: ImageFormat
  ) throws(ImageError.Reason) {
    let sizes: [CodedSize]?
    do throws(MalformedContainer) {
      sizes = try HEIFItems(request.bytes)?.declaredSizes()
    } catch {
      throw .corrupt(format: format.rawValue, words: error.words)
    }
    guard let sizes else { throw .unsupported(kind: "an image sequence without a still image (\(format.rawValue))") }
    for size in sizes {
      // An image within the pixel budget may be stored with padding that exceeds it.
      let (width, height) = size.withoutPadding
      do throws(ImageError.Reason) {
        try request.check(width: width, height: height, format: format)
      } catch {
        try request.check(width: size.width, height: size.height, format: format)
      }
    }
  }
}
