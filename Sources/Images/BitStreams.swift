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

/// Writes the bits of a JPEG's scan, a zero stuffed behind each byte of ones.
struct BitWriter {
  private(set) var next: UnsafeMutablePointer<UInt8>
  /// The last `count` of these wait for a whole byte.
  private var bits: UInt64 = 0
  private var count = 0

  /// Bytes that a block may take: 64 values of 16 + 15 bits, every byte with a stuffed zero, and what waits.
  static let mostBytesOfBlock = 2 * (64 * 31 / 8 + 16)

  init(_ start: UnsafeMutablePointer<UInt8>) { next = start }

  /// At most 32 bits.
  @inline(__always)
  mutating func put(_ value: UInt64, _ length: Int) {
    bits = bits &<< UInt64(truncatingIfNeeded: length) | value
    count &+= length
    if count >= 32 { putWord() }
  }

  /// Ends a scan or a part of it: ones up to a whole byte, then a marker.
  mutating func end(with marker: UInt8) {
    let rest = (8 - count % 8) % 8
    put(1 << UInt64(rest) - 1, rest)
    while count > 0 { putByte() }
    next[0] = 0xFF
    next[1] = marker
    next += 2
  }

  /// Four bytes at once where none of them can be all ones.
  @inline(__always)
  private mutating func putWord() {
    let word = UInt32(truncatingIfNeeded: bits &>> UInt64(truncatingIfNeeded: count &- 32))
    if word & 0x8080_8080 & ~(word &+ 0x0101_0101) == 0 {
      UnsafeMutableRawPointer(next).storeBytes(of: word.bigEndian, as: UInt32.self)
      next += 4
      count &-= 32
    } else {
      for _ in 0..<4 { putByte() }
    }
  }

  private mutating func putByte() {
    count &-= 8
    let byte = UInt8(truncatingIfNeeded: bits &>> UInt64(truncatingIfNeeded: count))
    next[0] = byte
    next[1] = 0
    next += byte == 0xFF ? 2 : 1
  }
}
