/// The formats that are decoded.
package enum ImageFormat: String, Sendable, CaseIterable {
  case jpeg = "JPEG"
  case png = "PNG"
  case webp = "WebP"
  case heic = "HEIC"
  case avif = "AVIF"

  /// The format that the first bytes tell, whatever the file is called.
  ///
  /// - Parameter bytes: the whole file.
  /// - Throws: the reason why there is none, in which other kinds of file are named.
  package init(firstBytesOf bytes: [UInt8]) throws(ImageError.Reason) {
    if bytes.isEmpty { throw .empty }
    if bytes.starts(with: [0xFF, 0xD8]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89] + "PNG".utf8) {
      self = .png  // libpng holds the rest of the signature against the usual damage done by text-mode transfers
    } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
      self = .webp
    } else if bytes.dropFirst(4).starts(with: "ftyp".utf8) {
      self = try Self.format(ofMediaFile: bytes)
    } else {
      throw Self.reasonToRefuse(bytes)
    }
  }

  /// HEIC and AVIF share a container with films; the brands in its first box tell them apart.
  private static func format(ofMediaFile bytes: [UInt8]) throws(ImageError.Reason) -> ImageFormat {
    let boxLength = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    let box = bytes.prefix(min(boxLength, 256))
    var brands: [String] = []
    for start in stride(from: 8, through: box.count - 4, by: 4) where start != 12 {  // 12...15 is a version number
      brands.append(String(decoding: box[start..<start + 4], as: UTF8.self))
    }
    if brands.contains("avif") || brands.contains("avis") { return .avif }
    let heic = ["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"]
    if brands.contains(where: heic.contains) { return .heic }
    throw .notAnImage(kind: "a film or sound file (MPEG-4)")
  }

  private static func reasonToRefuse(_ bytes: [UInt8]) -> ImageError.Reason {
    for (start, kind) in recognised where bytes.starts(with: start) { return .unsupported(kind: kind) }
    if let kind = kindOfPNM(bytes) { return .unsupported(kind: kind) }
    if bytes.starts(with: "%PDF".utf8) { return .notAnImage(kind: "a PDF document") }
    if bytes.starts(with: "PK\u{3}\u{4}".utf8) { return .notAnImage(kind: "a ZIP archive or office document") }
    if let kind = kindOfText(bytes) { return kind }
    return .unknownFormat
  }

  private static let recognised: [(start: [UInt8], kind: String)] = [
    (Array("GIF8".utf8), "a GIF picture"),
    ([0x49, 0x49, 0x2A, 0], "a TIFF picture"),
    ([0x4D, 0x4D, 0, 0x2A], "a TIFF picture"),
    ([0x49, 0x49, 0x2B, 0], "a TIFF picture"),
    ([0x4D, 0x4D, 0, 0x2B], "a TIFF picture"),
    (Array("BM".utf8), "a BMP picture"),
    ([0, 0, 0, 12] + Array("jP  \r\n".utf8), "a JPEG 2000 picture"),
    ([0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000 picture"),
    ([0, 0, 0, 12] + Array("JXL ".utf8), "a JPEG XL picture"),
    ([0xFF, 0x0A], "a JPEG XL picture"),
    ([0, 0, 1, 0], "an icon (ICO)"),
    (Array("8BPS".utf8), "a Photoshop picture"),
    (Array("qoif".utf8), "a QOI picture"),
  ]

  /// `P1` to `P7` and white space begin the Netpbm formats (PBM, PGM, PPM, PAM).
  private static func kindOfPNM(_ bytes: [UInt8]) -> String? {
    guard bytes.count > 2, bytes[0] == UInt8(ascii: "P"), [9, 10, 13, 32].contains(bytes[2]) else { return nil }
    return (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(bytes[1]) ? "a PNM picture (Netpbm)" : nil
  }

  private static func kindOfText(_ bytes: [UInt8]) -> ImageError.Reason? {
    let start = bytes.prefix(512)
    guard !start.contains(where: { $0 < 32 && ![9, 10, 12, 13, 27].contains($0) || $0 == 127 }) else { return nil }
    let text = String(decoding: start, as: UTF8.self).lowercased()
    if text.contains("<svg") { return .unsupported(kind: "an SVG drawing") }
    if text.contains("<!doctype html") || text.contains("<html") || text.contains("<head") || text.contains("<body") {
      return .notAnImage(kind: "text (HTML)")
    }
    // The last character may have been cut in two, at most three bytes before its end.
    let isUTF8 = (0...3).contains { String(validating: start.dropLast($0), as: UTF8.self) != nil }
    return isUTF8 && start.count > 3 ? .notAnImage(kind: "text") : nil
  }
}

// A reason is thrown where the file's name is not known; `ImageError` adds it.
extension ImageError.Reason: Error {}
