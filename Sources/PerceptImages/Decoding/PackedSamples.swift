/// Reads samples of 1 to 16 bits that are packed into bytes, the first in the highest bits, as in BMP, PNM and TIFF.
struct PackedSamples {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let bits: Int

  /// A sample has `bits` bits, from 1 to 16.
  init(_ bytes: UnsafeBufferPointer<UInt8>, bits: Int) { (self.bytes, self.bits) = (bytes, bits) }

  /// Returns the number of bytes that `count` samples take.
  static func byteCount(of count: Int, bits: Int) -> Int { (count * bits + 7) / 8 }

  /// Returns the sample at a position. The bytes must contain it.
  subscript(index: Int) -> Int {
    let first = index &* bits
    let last = first &+ bits &- 1
    var value = 0
    for position in (first >> 3)...(last >> 3) { value = value << 8 | Int(bytes[position]) }
    return value >> (7 &- last & 7) & (1 << bits &- 1)
  }
}
