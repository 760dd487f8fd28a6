extension Orientation {
  /// Reads the value of the tag from EXIF data: a TIFF structure after the prefix "Exif", two zeros, which only JPEG
  /// requires. Returns `nil` if there is no such tag, and 0 for a value that is not a number.
  static func value(inEXIF bytes: ArraySlice<UInt8>) -> Int? {
    value(inTIFF: bytes.starts(with: exifPrefix) ? bytes.dropFirst(exifPrefix.count) : bytes)
  }

  /// Reads tag 0x0112 from the first directory of a TIFF structure.
  private static func value(inTIFF slice: ArraySlice<UInt8>) -> Int? {
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
  private static func value(ofEntryAt entry: Int, in tiff: [UInt8], bigEndian: Bool) -> Int? {
    switch tiff.unsigned16(at: entry + 2, bigEndian: bigEndian) {
    case 3: tiff.unsigned16(at: entry + 8, bigEndian: bigEndian)
    case 4: tiff.unsigned32(at: entry + 8, bigEndian: bigEndian)
    default: 0
    }
  }
}
