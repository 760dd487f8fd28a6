// Reads the one EXIF tag that affects how an image is displayed. Every access is bounds-checked. If the tag is malformed,
// missing or out of range, the image counts as upright, as in other readers: an invalid tag does not make it unreadable.
extension Orientation {
  /// Reads the orientation from the first EXIF segment (APP1) of a JPEG.
  package init(ofJPEG bytes: [UInt8]) {
    var position = 2
    while let marker = Self.nextMarker(in: bytes, at: &position) {
      // Pixels follow SOS (0xDA); EOI (0xD9) ends the image.
      if marker == 0xDA || marker == 0xD9 { break }
      if marker == 0x01 || (0xD0...0xD8).contains(marker) { continue }  // markers without a length
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

  /// Reads the orientation from the eXIf chunk of a PNG.
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

  /// Reads the orientation from the EXIF chunk of a WebP.
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

  /// Returns the next marker code and moves `position` past it; `nil` if there is none. As in libjpeg, other bytes before it
  /// are skipped, and so are fill bytes (0xFF) and stuffed ones (0xFF 0x00).
  private static func nextMarker(in bytes: [UInt8], at position: inout Int) -> UInt8? {
    var isMarker = false
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if isMarker, byte != 0, byte != 0xFF { return byte }
      isMarker = byte == 0xFF
    }
    return nil
  }

  /// Reads the tag from the EXIF data of a PNG or WebP. It has no prefix, but some writers add the prefix of JPEG.
  private static func read(fromEXIF bytes: ArraySlice<UInt8>) -> Orientation? {
    read(fromTIFF: bytes.starts(with: exifPrefix) ? bytes.dropFirst(6) : bytes)
  }

  /// Reads tag 0x0112 from the first directory of a TIFF structure.
  static func read(fromTIFF slice: ArraySlice<UInt8>) -> Orientation? {
    // EXIF in a JPEG cannot be longer, and the first directory is near its start.
    let tiff = Array(slice.prefix(1 << 16))
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

  /// Reads the value of the tag. Its type is SHORT (3); some writers use LONG (4).
  private static func value(ofEntryAt entry: Int, in tiff: [UInt8], bigEndian: Bool) -> Orientation? {
    switch tiff.unsigned16(at: entry + 2, bigEndian: bigEndian) {
    case 3: tiff.unsigned16(at: entry + 8, bigEndian: bigEndian).flatMap { Orientation(rawValue: $0) }
    case 4: tiff.unsigned32(at: entry + 8, bigEndian: bigEndian).flatMap { Orientation(rawValue: $0) }
    default: nil
    }
  }
}

extension [UInt8] {
  /// Reads a 16-bit number; `nil` if it is out of bounds.
  fileprivate func unsigned16(at position: Int, bigEndian: Bool) -> Int? {
    guard position >= 0, count >= 2, position <= count - 2 else { return nil }
    let (a, b) = (Int(self[position]), Int(self[position + 1]))
    return bigEndian ? a << 8 | b : b << 8 | a
  }

  /// Reads a 32-bit number; `nil` if it is out of bounds.
  fileprivate func unsigned32(at position: Int, bigEndian: Bool) -> Int? {
    guard let first = unsigned16(at: position, bigEndian: bigEndian) else { return nil }
    guard let second = unsigned16(at: position + 2, bigEndian: bigEndian) else { return nil }
    return bigEndian ? first << 16 | second : second << 16 | first
  }
}
