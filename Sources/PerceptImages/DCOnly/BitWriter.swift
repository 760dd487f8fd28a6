/// Writes the bits of a JPEG scan, with a zero byte stuffed after each 0xFF.
struct BitWriter {
  private(set) var next: UnsafeMutablePointer<UInt8>
  /// The lowest `count` bits have not been written yet.
  private var bits: UInt64 = 0
  private var count = 0

  /// The maximum length of a block: 64 values of 16 + 15 bits and the pending bits, a zero after every byte.
  static let mostBytesOfBlock = 2 * (64 * 31 / 8 + 16)

  init(_ start: UnsafeMutablePointer<UInt8>) { next = start }

  /// Writes the lowest `length` bits of a value, at most 32.
  @inline(__always)
  mutating func put(_ value: UInt64, _ length: Int) {
    bits = bits &<< UInt64(truncatingIfNeeded: length) | value
    count &+= length
    if count >= 32 { putWord() }
  }

  /// Ends a scan or a restart interval: fills the last byte with ones and writes a marker.
  mutating func end(with marker: UInt8) {
    let rest = (8 - count % 8) % 8
    put(1 << UInt64(rest) - 1, rest)
    while count > 0 { putByte() }
    next[0] = 0xFF
    next[1] = marker
    next += 2
  }

  /// Writes four bytes, at once if none of them is 0xFF.
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
