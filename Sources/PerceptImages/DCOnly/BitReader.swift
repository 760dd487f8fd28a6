/// Bits of a JPEG's scan whose stuffed zeros have been taken out, the first in the highest place.
struct BitReader {
  private var next: UnsafePointer<UInt8>
  /// The next `count` bits, and behind them bits of no meaning.
  private(set) var bits: UInt64 = 0
  private var count: UInt64 = 0

  /// Bytes that may be read ahead of a block's end: all of a block, 64 values of 16 + 15 bits, and what is read ahead.
  static let lookAhead = 64 * 31 / 8 + 32

  init(_ start: UnsafePointer<UInt8>) { next = start }

  /// Where the bits end that have been dropped, counted in bits from `start`.
  func position(from start: UnsafePointer<UInt8>) -> Int { (next - start) * 8 - Int(count) }

  /// Reads until at least 56 bits are there.
  @inline(__always)
  mutating func refill() {
    bits |= UInt64(bigEndian: UnsafeRawPointer(next).loadUnaligned(as: UInt64.self)) &>> count
    next += Int((63 &- count) &>> 3)
    count |= 56
  }

  @inline(__always)
  mutating func drop(_ length: Int) {
    bits &<<= UInt64(truncatingIfNeeded: length)
    count &-= UInt64(truncatingIfNeeded: length)
  }
}
