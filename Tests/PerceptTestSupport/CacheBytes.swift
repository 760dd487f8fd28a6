import Glibc

/// The header of a cache file, as its documentation lays it out, for tests that forge one.
package struct CacheBytes {
  /// The whole file.
  package var bytes: [UInt8]

  /// A cache file's bytes.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The eight-byte number at an offset.
  package subscript(offset: Int) -> Int64 {
    get { bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | Int64($1) } }
    set { for i in 0..<8 { bytes[offset + i] = UInt8(truncatingIfNeeded: newValue >> (8 * i)) } }
  }

  /// Where the states of the rows begin.
  package var states: Int { 64 + Int(self[32]) }

  /// Where the pixels begin.
  package var pixels: Int { (states + Int(self[40]) + 4095) / 4096 * 4096 }

  /// Makes both checksums right, with zlib's CRC-32; `pixels` as they were before the header was forged.
  package mutating func seal(pixels start: Int, crc32: ([UInt8]) -> UInt) {
    self[24] = Int64(crc32(Array(bytes[start...])))
    self[16] = Int64(crc32(Array(bytes[24..<start])))
  }
}
