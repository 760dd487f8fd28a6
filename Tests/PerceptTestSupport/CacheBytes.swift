import PerceptPlatform

/// The bytes of a cache file, for tests that modify its documented header.
package struct CacheBytes {
  /// The complete file.
  package var bytes: [UInt8]

  /// Creates a value from the bytes of a cache file.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The 64-bit little-endian number at an offset.
  package subscript(offset: Int) -> Int64 {
    get { bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | Int64($1) } }
    set { for i in 0..<8 { bytes[offset + i] = UInt8(truncatingIfNeeded: newValue >> (8 * i)) } }
  }

  /// The offset of the row states.
  package var states: Int { 64 + Int(self[32]) }

  /// The offsets of the keys, four bytes for each row.
  package var keys: Range<Int> {
    let (rows, start) = (Int(self[40]), states + Int(self[40]))
    return start..<start + 4 * rows
  }

  /// The offset of the pixels.
  package var pixels: Int { (keys.upperBound + 4095) / 4096 * 4096 }

  /// Corrects both checksums with zlib's CRC-32. `start` is the offset of the pixels before the header was modified.
  package mutating func seal(pixels start: Int, crc32: ([UInt8]) -> UInt) {
    self[24] = Int64(crc32(Array(bytes[start...])))
    self[16] = Int64(crc32(Array(bytes[24..<start])))
  }
}
