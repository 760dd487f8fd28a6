// The one EXIF tag that changes what a picture looks like. Every read is bounded, and whatever is malformed, missing or
// out of range means "upright", as in other readers: a broken tag must not cost the picture.
extension Orientation {
  /// The orientation in a JPEG's first APP1 segment that holds EXIF.
  package init(ofJPEG bytes: [UInt8]) {
    var position = 2
    while let marker = Self.nextMarker(in: bytes, at: &position) {
      // Pixels follow SOS (0xDA); after EOI (0xD9) nothing belongs to the picture.
      if marker == 0xDA || marker == 0xD9 { break }
      if marker == 0x01 || (0xD0...0xD8).contains(marker) { continue }  // these have no length
      guard let length = bytes.unsigned16(at: position, bigEndian: true), length >= 2 else { break }
      let segment = bytes.dropFirst(position + 2).prefix(length - 2)
      if marker == 0xE1, segment.starts(with: Self.exifPrefix) {
        self = Self.read(fromTIFF: segment.dropFirst(6)) ?? .upright
        return
      }
      position += length
    }
    self = .upright
  }

  /// The orientation in a PNG's eXIf chunk.
  package init(ofPNG bytes: [UInt8]) {
    var position = 8
    while let length = bytes.unsigned32(at: position, bigEndian: true), position + 12 + length <= bytes.count {
      let name = bytes[position + 4..<position + 8]
      if name.elementsEqual("eXIf".utf8) {
        self = Self.read(fromEXIF: bytes[position + 8..<position + 8 + length]) ?? .upright
        return
      }
      if name.elementsEqual("IEND".utf8) { break }
      position += 12 + length
    }
    self = .upright
  }

  /// The orientation in a WebP's EXIF chunk.
  package init(ofWebP bytes: [UInt8]) {
    var position = 12
    while let length = bytes.unsigned32(at: position + 4, bigEndian: false), position + 8 + length <= bytes.count {
      if bytes[position..<position + 4].elementsEqual("EXIF".utf8) {
        self = Self.read(fromEXIF: bytes[position + 8..<position + 8 + length]) ?? .upright
        return
      }
      position += 8 + length + length % 2
    }
    self = .upright
  }

  private static let exifPrefix = Array("Exif\0\0".utf8)

  /// The code after the next 0xFF, with `position` moved behind it; nil at the end or where no marker stands.
  private static func nextMarker(in bytes: [UInt8], at position: inout Int) -> UInt8? {
    guard position < bytes.count, bytes[position] == 0xFF else { return nil }
    while position < bytes.count, bytes[position] == 0xFF { position += 1 }  // any number of 0xFF may fill
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  /// Some writers keep JPEG's prefix where PNG and WebP want bare TIFF.
  private static func read(fromEXIF bytes: ArraySlice<UInt8>) -> Orientation? {
    read(fromTIFF: bytes.starts(with: exifPrefix) ? bytes.dropFirst(6) : bytes)
  }

  /// Tag 0x0112 of the first directory of a TIFF structure.
  static func read(fromTIFF slice: ArraySlice<UInt8>) -> Orientation? {
    let tiff = Array(slice.prefix(1 << 16))  // EXIF in a JPEG cannot be longer; the first directory stands in front
    let bigEndian: Bool
    if tiff.starts(with: "MM".utf8) {
      bigEndian = true
    } else if tiff.starts(with: "II".utf8) {
      bigEndian = false
    } else {
      return nil
    }
    guard tiff.unsigned16(at: 2, bigEndian: bigEndian) == 42 else { return nil }
    guard let directory = tiff.unsigned32(at: 4, bigEndian: bigEndian) else { return nil }
    guard let count = tiff.unsigned16(at: directory, bigEndian: bigEndian) else { return nil }
    for entry in (0..<count).lazy.map({ directory + 2 + 12 * $0 }) {
      guard let tag = tiff.unsigned16(at: entry, bigEndian: bigEndian) else { return nil }
      if tag == 0x0112 { return value(ofEntryAt: entry, in: tiff, bigEndian: bigEndian) }
    }
    return nil
  }

  /// The tag's type is SHORT (3); some writers use LONG (4).
  private static func value(ofEntryAt entry: Int, in tiff: [UInt8], bigEndian: Bool) -> Orientation? {
    switch tiff.unsigned16(at: entry + 2, bigEndian: bigEndian) {
    case 3: tiff.unsigned16(at: entry + 8, bigEndian: bigEndian).flatMap { Orientation(rawValue: $0) }
    case 4: tiff.unsigned32(at: entry + 8, bigEndian: bigEndian).flatMap { Orientation(rawValue: $0) }
    default: nil
    }
  }
}

extension [UInt8] {
  /// Two bytes as a number; nil where they are not all there.
  fileprivate func unsigned16(at position: Int, bigEndian: Bool) -> Int? {
    guard position >= 0, count >= 2, position <= count - 2 else { return nil }
    let (a, b) = (Int(self[position]), Int(self[position + 1]))
    return bigEndian ? a << 8 | b : b << 8 | a
  }

  /// Four bytes as a number; nil where they are not all there.
  fileprivate func unsigned32(at position: Int, bigEndian: Bool) -> Int? {
    guard let first = unsigned16(at: position, bigEndian: bigEndian) else { return nil }
    guard let second = unsigned16(at: position + 2, bigEndian: bigEndian) else { return nil }
    return bigEndian ? first << 16 | second : second << 16 | first
  }
}
