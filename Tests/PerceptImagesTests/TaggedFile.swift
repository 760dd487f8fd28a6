/// Files without pixels, with an orientation in their metadata.
enum TaggedFile {
  /// Returns a TIFF directory of two entries; the second is the orientation, unless it is nil.
  static func tiff(_ value: Int?, type: Int = 3, bigEndian: Bool = true) -> [UInt8] {
    func number(_ value: Int, bytes: Int) -> [UInt8] {
      let little = (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return bigEndian ? little.reversed() : little
    }
    func entry(_ tag: Int, _ type: Int, _ value: [UInt8]) -> [UInt8] {
      number(tag, bytes: 2) + number(type, bytes: 2) + number(1, bytes: 4) + value
    }
    let data = type == 4 ? number(value ?? 0, bytes: 4) : number(value ?? 0, bytes: 2) + [0, 0]
    return Array((bigEndian ? "MM" : "II").utf8) + number(42, bytes: 2) + number(8, bytes: 4) + number(2, bytes: 2)
      + entry(0x0100, 4, number(7, bytes: 4)) + entry(value == nil ? 0x0111 : 0x0112, type, data) + number(0, bytes: 4)
  }

  /// Returns XMP with the orientation as an attribute or an element.
  static func xmp(_ value: Int, isElement: Bool = false) -> [UInt8] {
    let start = #"<x:xmpmeta><rdf:RDF><rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" "#
    let orientation =
      isElement ? "><tiff:Orientation>\(value)</tiff:Orientation>" : "tiff:Orientation=\"\(value)\">"
    return Array((start + orientation + "</rdf:Description></rdf:RDF></x:xmpmeta>").utf8)
  }

  // MARK: JPEG

  static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
    [0xFF, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 255)] + content
  }

  static func jpeg(exif: [UInt8]? = nil, xmp: [UInt8]? = nil) -> [UInt8] {
    var file = [0xFF, 0xD8] + segment(0xE0, [1, 2, 3])
    if let xmp { file += segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + xmp) }
    if let exif { file += segment(0xE1, Array("Exif\0\0".utf8) + exif) }
    return file + [0xFF, 0xD9]
  }

  // MARK: PNG

  static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    bigEndian(content.count) + Array(name.utf8) + content + [0, 0, 0, 0]
  }

  static func png(exif: [UInt8]) -> [UInt8] { png([chunk("eXIf", exif)]) }

  static func png(_ chunks: [[UInt8]]) -> [UInt8] {
    [UInt8](repeating: 0, count: 8) + chunk("IHDR", [7]) + chunks.joined() + chunk("IDAT", [7]) + chunk("IEND", [])
  }

  /// Returns a text chunk. zTXt is always compressed.
  static func text(_ name: String, _ keyword: String, _ text: [UInt8], isCompressed: Bool = false) -> [UInt8] {
    let start = Array(keyword.utf8) + [0]
    switch name {
    case "zTXt": return chunk(name, start + [0] + zlib(text))
    case "iTXt": return chunk(name, start + [isCompressed ? 1 : 0, 0, 0, 0] + (isCompressed ? zlib(text) : text))
    default: return chunk(name, start + text)
    }
  }

  /// Returns EXIF as ImageMagick writes it into a text chunk.
  static func rawProfile(_ exif: [UInt8]) -> [UInt8] {
    let digits = exif.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let lines = stride(from: 0, to: digits.count, by: 36).map { digits[$0..<min($0 + 36, digits.count)].joined() }
    return Array("\nexif\n    \(exif.count)\n\(lines.joined(separator: "\n"))\n".utf8)
  }

  /// Wraps at most 65,535 bytes, not compressed, into the format of zlib.
  private static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var (a, b) = (1, 0)  // Adler-32
    for byte in bytes {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    let (low, high) = (UInt8(bytes.count & 255), UInt8(bytes.count >> 8))
    return [0x78, 0x01, 1, low, high, ~low, ~high] + bytes + bigEndian(b << 16 | a)
  }

  static func bigEndian(_ number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }

  // MARK: WebP

  static func webp(exif: [UInt8]) -> [UInt8] { webp([("EXIF", exif)]) }

  /// Returns a WebP whose header announces EXIF (8) and XMP (4), unless `flags` says otherwise.
  static func webp(_ chunks: [(name: String, content: [UInt8])], flags: UInt8 = 12) -> [UInt8] {
    let header: [UInt8] = [flags] + [UInt8](repeating: 0, count: 9)
    var file = Array("RIFF\0\0\0\0WEBP".utf8)
    for (name, content) in [(name: "VP8X", content: header)] + chunks {
      file += Array(name.utf8)
      file += bigEndian(content.count).reversed()
      file += content
      if content.count % 2 == 1 { file.append(0) }
    }
    return file
  }
}
