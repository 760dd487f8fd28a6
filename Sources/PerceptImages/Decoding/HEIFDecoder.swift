import CPerceptHEIF

/// Decodes HEIC and AVIF with libheif, which is loaded when it is first needed: of an image sequence, the still image that
/// represents it. libheif applies the orientation itself.
package enum HEIFDecoder {
  /// Whether libheif is installed on this machine.
  package static var isAvailable: Bool { cheif_is_installed() }

  static func decode(_ request: DecodingRequest, format: ImageFormat) throws(ImageError.Reason) -> Image {
    guard isAvailable else { throw .missingLibrary(format: format.rawValue, library: "libheif", package: "libheif1") }
    try checkDeclaredSizes(request, format: format)
    let bytes = withBrandOfStillImages(request.bytes, format: format)
    var words = ""
    var refusal: ImageError.Reason?
    let image = bytes.withUnsafeBufferPointer { file -> Image? in
      // libheif reads the bytes of the file until the picture is closed, so the picture must be closed in here.
      let picture = withErrorText(&words) { cheif_open(file.baseAddress, file.count, $0, $1) }
      guard let picture else { return nil }
      defer { cheif_close(picture) }
      guard withErrorText(&words, { cheif_decode(picture, $0, $1) }) else { return nil }
      do throws(ImageError.Reason) {
        return try copy(picture, request, format: format)
      } catch {
        refusal = error
        return nil
      }
    }
    if let image { return image }
    throw refusal ?? .corrupt(format: format.rawValue, words: words)
  }

  /// Returns the decoded image. Its size may differ from the declared one, which libheif miscalculates for some orders of
  /// the properties that crop and turn.
  private static func copy(
    _ picture: OpaquePointer, _ request: DecodingRequest, format: ImageFormat
  ) throws(ImageError.Reason) -> Image {
    let (width, height) = (Int(cheif_decoded_width(picture)), Int(cheif_decoded_height(picture)))
    try request.check(width: width, height: height, format: format)
    let channels = Int(cheif_channel_count(picture))
    let decoded = request.memory.samples(width * height * channels) { cheif_copy(picture, $0) }
    guard let decoded else { throw .corrupt(format: format.rawValue, words: "it contains no pixels") }
    let alpha = cheif_is_premultiplied(picture) ? Alpha.premultiplied : .straight
    let pixels = channels == 4 ? alpha.overWhite(decoded, channelCount: 4) : decoded
    return Image(width: width, height: height, color: .rgb, pixels: pixels)
  }

  /// Gives an image sequence that also contains a still image, which libheif would not open because of its brands, the brand
  /// of a still image.
  private static func withBrandOfStillImages(_ bytes: [UInt8], format: ImageFormat) -> [UInt8] {
    let brand = Array((format == .avif ? "avif" : "heic").utf8)
    let brands = ImageFormat.compatibleBrands(ofMediaFile: bytes)
    guard !brands.isEmpty, !brands.contains("mif1"),
      !brands.contains(String(decoding: brand, as: UTF8.self))
    else { return bytes }
    var still = bytes
    still.replaceSubrange(16..<20, with: brand)
    return still
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
