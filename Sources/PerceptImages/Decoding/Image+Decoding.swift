import PerceptIO
import PerceptPlatform

extension Image {
  /// The default limit on the number of pixels of an image: 200 million (600 MB when decoded to RGB).
  public static let defaultPixelBudget = 200_000_000

  /// The maximum size of an image file in bytes: 256 MiB.
  package static let largestFile = 256 << 20

  /// Reads and decodes a JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF, BMP or PNM file, detected from its first bytes, not from
  /// the name. Of several frames or pages, the first is decoded. The orientation in EXIF, or else in XMP, is applied; in
  /// HEIC and AVIF, that of the container. Transparent pixels are composited over white.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - pixelBudget: the largest declared `width x height` to decode, checked before memory for pixels is allocated.
  ///   - color: the color mode of the result; `nil` keeps that of the file (gray for one color channel, RGB otherwise).
  /// - Throws: `FileError` if the file cannot be read; ``ImageError`` if it is not a complete, supported image.
  public init(contentsOf path: String, pixelBudget: Int = Image.defaultPixelBudget, color: ColorMode? = nil) throws {
    try self.init(
      decoding: FileSystem.read(path, limit: Image.largestFile), named: path, pixelBudget: pixelBudget, color: color)
  }

  /// Decodes a JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF, BMP or PNM file in memory, in the same way as
  /// ``init(contentsOf:pixelBudget:color:)``.
  ///
  /// - Parameters:
  ///   - bytes: the complete file.
  ///   - name: the name of the file in error messages.
  ///   - pixelBudget: the largest declared `width x height` to decode.
  ///   - color: the color mode of the result; `nil` keeps that of the file.
  /// - Throws: ``ImageError`` if the bytes are not a complete image in a supported format.
  public init(
    decoding bytes: [UInt8], named name: String, pixelBudget: Int = Image.defaultPixelBudget, color: ColorMode? = nil
  ) throws(ImageError) {
    let own = try Self.decode(bytes, named: name, pixelBudget: pixelBudget, for: nil).image
    self = color.map(own.converted) ?? own
  }

  /// Decodes an image into an array of `memory`, possibly at a reduced size if `grid` is much smaller.
  package static func decode(
    _ bytes: [UInt8], named name: String, pixelBudget: Int, for grid: PixelGrid?,
    memory: SampleMemory = SampleMemory()
  ) throws(ImageError) -> DecodedImage {
    let request = DecodingRequest(
      bytes: bytes, pixelBudget: pixelBudget, grid: grid, memory: memory)
    // A codec for which an allocation fails may report a damaged file. Then malloc has set errno, which nothing resets.
    errno = 0
    do throws(ImageError.Reason) {
      switch try ImageFormat(firstBytesOf: bytes) {
      case .jpeg: return try JPEGDecoder.decode(request)
      case .png: return DecodedImage(try PNGDecoder.decode(request))
      case .webp: return DecodedImage(try WebPDecoder.decode(request))
      case .heic: return DecodedImage(try HEIFDecoder.decode(request, format: .heic))
      case .avif: return DecodedImage(try HEIFDecoder.decode(request, format: .avif))
      case .tiff: return DecodedImage(try TIFFDecoder.decode(request))
      case .gif: return DecodedImage(try GIFDecoder.decode(request))
      case .bmp: return DecodedImage(try BMPDecoder.decode(request))
      case .pnm: return DecodedImage(try PNMDecoder.decode(request))
      }
    } catch {
      throw ImageError(name, errno == ENOMEM ? .outOfMemory : error)
    }
  }
}

struct DecodingRequest {
  let bytes: [UInt8]
  /// The largest declared `width x height`.
  let pixelBudget: Int
  /// A decoder that supports reduced sizes chooses one for this grid.
  let grid: PixelGrid?
  let memory: SampleMemory

  /// One million pixels, also libpng's default limit. Resampling allocates memory for every pixel of a side, so an
  /// image of one very long row could otherwise exhaust memory.
  private static let longestSide = 1_000_000

  /// Checks the declared size against the limits and the available memory. Every decoder calls this before it allocates
  /// memory for pixels.
  func check(width: Int, height: Int, format: ImageFormat) throws(ImageError.Reason) {
    guard width > 0, height > 0 else {
      throw .corrupt(format: format.rawValue, words: "the declared size is \(width) x \(height) pixels")
    }
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    if overflow || count > pixelBudget { throw .tooManyPixels(width: width, height: height, limit: pixelBudget) }
    if max(width, height) > Self.longestSide {
      throw .tooLongSide(width: width, height: height, limit: Self.longestSide)
    }
    guard count < 1 << 20 || Self.canAllocate(3 * count) else { throw .outOfMemory }
  }

  /// Returns whether an array of this size can be allocated now. If it cannot, Swift ends the process.
  private static func canAllocate(_ size: Int) -> Bool {
    guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), memory != MAP_FAILED
    else { return false }
    munmap(memory, size)
    return true
  }
}

/// Calls a C function with a buffer for an error message and its size. `words` receives the message, if any, in one line.
package func withErrorText<Result>(
  _ words: inout String, _ call: (UnsafeMutablePointer<CChar>?, Int) -> Result
) -> Result {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
    text.initialize(repeating: 0)
    let result = call(text.baseAddress, text.count)
    let lines = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    words = lines.split(whereSeparator: \.isNewline).joined(separator: " ")
    return result
  }
}
