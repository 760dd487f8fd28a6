/// Reads the bits of a JPEG scan without stuffed zeros, most significant bit first.
struct BitReader {
  private var next: UnsafePointer<UInt8>
  /// The next `count` bits, from the most significant bit down. The bits after them are undefined.
  private(set) var bits: UInt64 = 0
  private var count: UInt64 = 0

  /// The number of bytes that may be read past the end of the data: one block (64 values of 16 + 15 bits) and the bytes
  /// that are read ahead.
  static let lookAhead = 64 * 31 / 8 + 32

  init(_ start: UnsafePointer<UInt8>) { next = start }

  /// Returns the number of bits between `start` and the next bit.
  func position(from start: UnsafePointer<UInt8>) -> Int { (next - start) * 8 - Int(count) }

  /// Reads bytes until at least 56 bits are available.
  @inline(__always)
  mutating func refill() {
    bits |= UInt64(bigEndian: UnsafeRawPointer(next).loadUnaligned(as: UInt64.self)) &>> count
    next += Int((63 &- count) &>> 3)
    count |= 56
  }

  /// Skips the next `length` bits.
  @inline(__always)
  mutating func drop(_ length: Int) {
    bits &<<= UInt64(truncatingIfNeeded: length)
    count &-= UInt64(truncatingIfNeeded: length)
  }
}
