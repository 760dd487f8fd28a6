import CPerceptPNG
import CPerceptTurboJPEG

extension Image {
  /// The picture as a PNG file of 8 bits a channel; ``init(decoding:named:pixelBudget:color:)`` gives it back unchanged.
  ///
  /// - Returns: the file's bytes.
  /// - Throws: ``ImageError`` when libpng refuses (a side of 2^31 pixels or more, or memory that ran out).
  public func encodedPNG() throws(ImageError) -> [UInt8] {
    guard let columns = UInt32(exactly: width), let rows = UInt32(exactly: height) else {
      throw ImageError("\(size)", .notEncodable(format: "PNG", words: "its sides are too long"))
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

  /// The picture as a baseline JPEG file; RGB with full color resolution (4:4:4).
  ///
  /// - Parameter quality: 1 to 100, libjpeg's scale; values outside are brought to its ends.
  /// - Returns: the file's bytes.
  /// - Throws: ``ImageError`` when a side is longer than 65,500 pixels, libjpeg's limit.
  public func encodedJPEG(quality: Int = 90) throws(ImageError) -> [UInt8] {
    guard width <= 65_500, height <= 65_500 else {
      throw ImageError("\(size)", .notEncodable(format: "JPEG", words: "its sides may have at most 65500 pixels"))
    }
    guard let codec = tjInitCompress() else {
      throw ImageError("\(size)", .notEncodable(format: "JPEG", words: "not enough memory"))
    }
    defer { tjDestroy(codec) }
    var encoded: UnsafeMutablePointer<UInt8>?
    var count: UInt = 0
    defer { tjFree(encoded) }
    let format = color == .gray ? TJPF_GRAY : TJPF_RGB
    let subsampling = color == .gray ? TJSAMP_GRAY : TJSAMP_444
    let status = pixels.withUnsafeBufferPointer {
      tjCompress2(
        codec, $0.baseAddress, Int32(width), 0, Int32(height), Int32(format.rawValue), &encoded, &count,
        Int32(subsampling.rawValue), Int32(min(max(quality, 1), 100)), 0)
    }
    guard status == 0, let encoded else {
      throw ImageError("\(size)", .notEncodable(format: "JPEG", words: String(cString: tjGetErrorStr2(codec))))
    }
    return Array(UnsafeBufferPointer(start: encoded, count: Int(count)))
  }
}
