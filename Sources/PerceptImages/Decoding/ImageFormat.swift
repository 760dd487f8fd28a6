package enum ImageFormat: String, Sendable, CaseIterable {
  case jpeg = "JPEG"
  case png = "PNG"
  case webp = "WebP"
  case heic = "HEIC"
  case avif = "AVIF"
  case tiff = "TIFF"
  case gif = "GIF"
  case bmp = "BMP"
  case pnm = "PNM"

  /// The usual file extensions of images in these formats, in lowercase.
  package static let fileExtensions = [
    ".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".gif", ".bmp", ".pbm", ".pgm",
    ".ppm", ".pnm", ".pam",
  ]

  /// The names of all formats in a sentence, such as "JPEG, PNG or WebP".
  static let names =
    allCases.dropLast().map(\.rawValue).joined(separator: ", ") + (allCases.last.map { " or " + $0.rawValue } ?? "")

  /// Detects the format from the first bytes of a file. Throws a reason that names other known kinds of files.
  package init(firstBytesOf bytes: [UInt8]) throws(ImageError.Reason) {
    if bytes.isEmpty { throw .empty }
    if bytes.starts(with: [0xFF, 0xD8]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89] + "PNG".utf8) {
      self = .png  // libpng checks the rest of the signature, which detects damage by text-mode transfers
    } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
      self = .webp
    } else if bytes.dropFirst(4).starts(with: "ftyp".utf8) {
      self = try Self.format(ofMediaFile: bytes)
    } else if Self.tiffStarts.contains(where: bytes.starts) {
      self = .tiff
    } else if bytes.starts(with: "GIF8".utf8) {
      self = .gif
    } else if bytes.starts(with: "BM".utf8), Self.kindOfText(bytes) == nil {
      self = .bmp
    } else if Self.isPNM(bytes) {
      self = .pnm
    } else {
      throw Self.reasonToRefuse(bytes)
    }
  }

  /// Detects HEIC and AVIF, whose container is also used for video. The brands in the first box distinguish them.
  private static func format(ofMediaFile bytes: [UInt8]) throws(ImageError.Reason) -> ImageFormat {
    let brands = [String(decoding: bytes.dropFirst(8).prefix(4), as: UTF8.self)] + compatibleBrands(ofMediaFile: bytes)
    if brands.contains("avif") || brands.contains("avis") { return .avif }
    let heic = ["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"]
    if brands.contains(where: heic.contains) { return .heic }
    throw .notAnImage(kind: "a video or audio file (MPEG-4)")
  }

  /// Returns the brands in the first box, after the major brand and its version, which end at byte 16.
  static func compatibleBrands(ofMediaFile bytes: [UInt8]) -> [String] {
    let boxLength = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    let box = bytes.prefix(min(boxLength, 256))
    return stride(from: 16, through: box.count - 4, by: 4).map { String(decoding: box[$0..<$0 + 4], as: UTF8.self) }
  }

  private static func reasonToRefuse(_ bytes: [UInt8]) -> ImageError.Reason {
    for (start, kind) in recognized where bytes.starts(with: start) { return .unsupported(kind: kind) }
    if bytes.starts(with: "%PDF".utf8) { return .notAnImage(kind: "a PDF document") }
    if bytes.starts(with: "PK\u{3}\u{4}".utf8) { return .notAnImage(kind: "a ZIP archive or office document") }
    if let kind = kindOfText(bytes) { return kind }
    return .unknownFormat
  }

  /// TIFF and BigTIFF, in both byte orders.
  private static let tiffStarts: [[UInt8]] = [
    [0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B],
  ]

  private static let recognized: [(start: [UInt8], kind: String)] = [
    ([0, 0, 0, 12] + Array("jP  \r\n".utf8), "a JPEG 2000 image"),
    ([0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000 image"),
    ([0, 0, 0, 12] + Array("JXL ".utf8), "a JPEG XL image"),
    ([0xFF, 0x0A], "a JPEG XL image"),
    ([0, 0, 1, 0], "an icon (ICO)"),
    (Array("8BPS".utf8), "a Photoshop image"),
    (Array("qoif".utf8), "a QOI image"),
  ]

  /// Detects the Netpbm formats (PBM, PGM, PPM, PAM), which begin with `P1` to `P7` and white space or a comment.
  private static func isPNM(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > 2, bytes[0] == UInt8(ascii: "P") else { return false }
    return (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(bytes[1]) && [9, 10, 13, 32, 35].contains(bytes[2])
  }

  private static func kindOfText(_ bytes: [UInt8]) -> ImageError.Reason? {
    let start = bytes.prefix(512)
    guard !start.contains(where: { $0 < 32 && ![9, 10, 12, 13, 27].contains($0) || $0 == 127 }) else { return nil }
    let text = String(decoding: start, as: UTF8.self).lowercased()
    if text.contains("<svg") { return .unsupported(kind: "an SVG drawing") }
    if text.contains("<!doctype html") || text.contains("<html") || text.contains("<head") || text.contains("<body") {
      return .notAnImage(kind: "text (HTML)")
    }
    // The prefix may end within a character, after at most three of its bytes.
    let isUTF8 = (0...3).contains { String(validating: start.dropLast($0), as: UTF8.self) != nil }
    return isUTF8 && start.count > 3 ? .notAnImage(kind: "text") : nil
  }
}

// A reason is thrown where the name of the file is unknown; `ImageError` adds the name.
extension ImageError.Reason: Error {}
