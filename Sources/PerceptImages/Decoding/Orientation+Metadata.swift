// Reads the orientation in the order of Pillow's `Image.getexif`, which `ImageOps.exif_transpose` follows: the tag in EXIF
// or else `tiff:Orientation` in XMP. HEIC and AVIF are turned by the properties of their container instead. Every access is
// bounds-checked. If the metadata is malformed, missing or out of range, the image counts as upright: invalid metadata
// does not make an image unreadable.
extension Orientation {
  /// Reads the orientation from the APP1 segments of a JPEG: the first one with EXIF and the last one with XMP.
  package init(ofJPEG bytes: [UInt8]) {
    var (exif, xmp) = (ArraySlice<UInt8>?.none, ArraySlice<UInt8>?.none)
    var position = 2
    while let marker = Self.nextMarker(in: bytes, at: &position) {
      // Pixels follow SOS (0xDA); EOI (0xD9) ends the image.
      if marker == 0xDA || marker == 0xD9 { break }
      if marker == 0x01 || (0xD0...0xD8).contains(marker) { continue }  // markers without a length
      guard let length = bytes.unsigned16(at: position, bigEndian: true), length >= 2 else { break }
      let segment = bytes.dropFirst(position + 2).prefix(length - 2)
      if marker == 0xE1, exif == nil, segment.starts(with: Self.exifPrefix) { exif = segment }
      if marker == 0xE1, segment.starts(with: Self.xmpPrefix) { xmp = segment.dropFirst(Self.xmpPrefix.count) }
      position += length
    }
    self.init(exif: exif, xmp: xmp)
  }

  /// Reads the orientation from the chunks of a PNG: EXIF in the chunk eXIf, or else in the text "Raw profile type exif",
  /// which ImageMagick writes; XMP in the text "XML:com.adobe.xmp". The last of several counts.
  package init(ofPNG bytes: [UInt8]) {
    var (exif, profile, xmp) = (ArraySlice<UInt8>?.none, PNGText?.none, PNGText?.none)
    for chunk in ImageChunks(ofPNG: bytes) where chunk.name != "IDAT" {
      if chunk.name == "IEND" { break }
      if chunk.name == "eXIf" { exif = chunk.content }
      guard let text = PNGText(chunk) else { continue }
      if text.keyword.elementsEqual("Raw profile type exif".utf8) { profile = text }
      if text.keyword.elementsEqual("XML:com.adobe.xmp".utf8) { xmp = text }
    }
    self.init(exif: exif ?? profile?.text.flatMap(Self.bytes(ofRawProfile:)), xmp: xmp?.text)
  }

  /// Reads the orientation from the chunks EXIF and XMP of a WebP. They count only if the header announces them.
  package init(ofWebP bytes: [UInt8]) {
    var (exif, xmp) = (ArraySlice<UInt8>?.none, ArraySlice<UInt8>?.none)
    var flags: UInt8 = 0
    for chunk in ImageChunks(ofWebP: bytes) {
      switch chunk.name {
      case "VP8X": flags = chunk.content.first ?? 0
      case "EXIF" where exif == nil && flags & 0x08 != 0: exif = chunk.content
      case "XMP " where xmp == nil && flags & 0x04 != 0: xmp = chunk.content
      default: break
      }
    }
    self.init(exif: exif, xmp: xmp)
  }

  /// Reads the orientation from XMP, as in a TIFF without the tag.
  init(xmp: ArraySlice<UInt8>) { self.init(exif: nil, xmp: xmp) }

  private init(exif: ArraySlice<UInt8>?, xmp: @autoclosure () -> ArraySlice<UInt8>?) {
    let value = exif.flatMap(Self.value(inEXIF:)) ?? xmp().flatMap(Self.value(inXMP:))
    self = value.flatMap { Orientation(rawValue: $0) } ?? .upright
  }

  static let exifPrefix = Array("Exif\0\0".utf8)
  private static let xmpPrefix = Array("http://ns.adobe.com/xap/1.0/\0".utf8)

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

  /// Decodes the hexadecimal digits of a raw profile, which follow three line feeds: before the name of the profile, after
  /// it, and after its length.
  private static func bytes(ofRawProfile text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let lines = text.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
    guard lines.count == 4 else { return nil }
    var (bytes, high): ([UInt8], UInt8?) = ([], nil)
    for character in lines[3] where !(character == 32 || (9...13).contains(character)) {
      guard let digit = Character(UnicodeScalar(character)).hexDigitValue.map({ UInt8($0) }) else { return nil }
      if let first = high { bytes.append(first << 4 | digit) }
      high = high == nil ? digit : nil
    }
    return bytes[...]
  }

  /// Finds `tiff:Orientation` in XMP, as an attribute (`="6"`) or as an element (`>6`); `nil` if there is none.
  private static func value(inXMP xmp: ArraySlice<UInt8>) -> Int? {
    let name = Array("tiff:Orientation".utf8)
    var rest = xmp
    while let start = rest.firstIndex(of: name[0]) {
      rest = rest[start...]
      guard rest.starts(with: name) else {
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst(name.count)
      for start in ["=\"", ">"] where rest.starts(with: start.utf8) {
        if let digit = rest.dropFirst(start.utf8.count).first, (48...57).contains(digit) { return Int(digit) - 48 }
      }
    }
    return nil
  }
}
