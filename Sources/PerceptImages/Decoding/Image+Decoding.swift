import PerceptIO

extension Image {
  /// The pixels that a file may declare unless the caller says otherwise: 200 million (600 MB once decoded).
  public static let defaultPixelBudget = 200_000_000

  /// How many bytes a picture file may hold: 256 MiB.
  package static let largestFile = 256 << 20

  /// Reads and decodes a JPEG, PNG, WebP, HEIC or AVIF file. Its kind is told by its first bytes, not by its name; its
  /// orientation (EXIF 1 to 8) is applied; transparency is composited over white.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - pixelBudget: the largest declared `width x height` that is decoded. It is checked before pixel memory is taken.
  ///   - color: the color mode wanted; nil keeps the file's own (gray where it stores one channel, RGB otherwise).
  /// - Throws: `FileError` when the file is missing or unreadable, ``ImageError`` when its content is not a whole
  ///   picture of a decoded format.
  public init(contentsOf path: String, pixelBudget: Int = Image.defaultPixelBudget, color: ColorMode? = nil) throws {
    try self.init(
      decoding: FileSystem.read(path, limit: Image.largestFile), named: path, pixelBudget: pixelBudget, color: color)
  }

  /// Decodes a JPEG, PNG, WebP, HEIC or AVIF file that is in memory, as ``init(contentsOf:pixelBudget:color:)`` does.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what error messages call it.
  ///   - pixelBudget: the largest declared `width x height` that is decoded.
  ///   - color: the color mode wanted; nil keeps the file's own.
  /// - Throws: ``ImageError`` when the bytes are not a whole picture of a decoded format.
  public init(
    decoding bytes: [UInt8], named name: String, pixelBudget: Int = Image.defaultPixelBudget, color: ColorMode? = nil
  ) throws(ImageError) {
    let own = try Self.decode(bytes, named: name, pixelBudget: pixelBudget, for: nil)
    self = color.map(own.converted) ?? own
  }

  /// Decodes `bytes`, smaller than they say where `preprocessing` would shrink them much further anyway; pixels are put into
  /// `memory`'s arrays.
  package static func decode(
    _ bytes: [UInt8], named name: String, pixelBudget: Int, for preprocessing: Preprocessing?,
    memory: SampleMemory = SampleMemory()
  ) throws(ImageError) -> Image {
    let request = DecodingRequest(
      bytes: bytes, pixelBudget: pixelBudget, preprocessing: preprocessing, memory: memory)
    do throws(ImageError.Reason) {
      switch try ImageFormat(firstBytesOf: bytes) {
      case .jpeg: return try JPEGDecoder.decode(request)
      case .png: return try PNGDecoder.decode(request)
      case .webp: return try WebPDecoder.decode(request)
      case .heic: return try HEIFDecoder.decode(request, format: .heic)
      case .avif: return try HEIFDecoder.decode(request, format: .avif)
      }
    } catch {
      throw ImageError(name, error)
    }
  }
}

/// What a decoder is asked for.
struct DecodingRequest {
  /// The whole file.
  let bytes: [UInt8]
  /// The largest declared `width x height` to decode.
  let pixelBudget: Int
  /// What the picture is for; a decoder that can decode at a fraction of the size uses it to do so.
  let preprocessing: Preprocessing?
  /// Where arrays for pixels come from.
  let memory: SampleMemory

  /// The longest side that is decoded: a million pixels, libpng's own limit. Resampling takes memory for every pixel of
  /// a side, which a picture of one row would otherwise turn against the machine.
  private static let longestSide = 1_000_000

  /// Holds declared dimensions against the budget; every decoder calls it before it takes memory for pixels.
  func check(width: Int, height: Int, format: ImageFormat) throws(ImageError.Reason) {
    guard width > 0, height > 0 else {
      throw .corrupt(format: format.rawValue, words: "it declares \(width) x \(height) pixels")
    }
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    if overflow || count > pixelBudget { throw .tooManyPixels(width: width, height: height, limit: pixelBudget) }
    if max(width, height) > Self.longestSide {
      throw .tooLongSide(width: width, height: height, limit: Self.longestSide)
    }
  }
}

/// Calls a C function that leaves its reason for failing as text in a buffer.
///
/// - Parameters:
///   - words: receives the text where `call` left any.
///   - call: is given the buffer and its size.
/// - Returns: what `call` returned.
func withErrorText<Result>(_ words: inout String, _ call: (UnsafeMutablePointer<CChar>?, Int) -> Result) -> Result {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
    text.initialize(repeating: 0)
    let result = call(text.baseAddress, text.count)
    words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return result
  }
}
