import CPerceptJPEG
import CPerceptPNG

extension Image {
  /// Encodes the image as PNG with 8 bits per channel. ``init(decoding:named:pixelBudget:color:)`` restores it exactly.
  ///
  /// - Returns: the bytes of the file.
  /// - Throws: ``ImageError`` if a side is 2^31 pixels or longer, or if memory is exhausted.
  public func encodedPNG() throws(ImageError) -> [UInt8] {
    guard let columns = UInt32(exactly: width), let rows = UInt32(exactly: height) else {
      throw ImageError("\(size)", .notEncodable(format: "PNG", words: "the image is too large"))
    }
    var words = ""
    var count = 0
    let encoded = pixels.withUnsafeBufferPointer { pixels in
      withErrorText(&words) {
        cpng_encode(pixels.baseAddress, columns, rows, Int32(color.channelCount), &count, $0, $1)
      }
    }
    guard let encoded else { throw ImageError("\(size)", .notEncodable(format: "PNG", words: words)) }
    defer { cpng_free(encoded) }
    return Array(UnsafeBufferPointer(start: encoded, count: count))
  }

  /// Encodes the image as baseline JPEG; RGB without chroma subsampling (4:4:4).
  ///
  /// - Parameter quality: the quality on libjpeg's scale from 1 to 100. Other values are clamped to this range.
  /// - Returns: the bytes of the file.
  /// - Throws: ``ImageError`` if a side is longer than 65,500 pixels, which is libjpeg's limit, or if libjpeg fails.
  public func encodedJPEG(quality: Int = 90) throws(ImageError) -> [UInt8] {
    guard width <= 65_500, height <= 65_500 else {
      throw ImageError("\(size)", .notEncodable(format: "JPEG", words: "both sides must be ≤ 65500 pixels"))
    }
    var words = ""
    var count = 0
    let encoded = pixels.withUnsafeBufferPointer { pixels in
      withErrorText(&words) {
        cjpeg_encode(
          pixels.baseAddress, UInt32(width), UInt32(height), Int32(color.channelCount),
          Int32(min(max(quality, 1), 100)),
          &count, $0, $1)
      }
    }
    guard let encoded else { throw ImageError("\(size)", .notEncodable(format: "JPEG", words: words)) }
    defer { cjpeg_free(encoded) }
    return Array(UnsafeBufferPointer(start: encoded, count: count))
  }
}
