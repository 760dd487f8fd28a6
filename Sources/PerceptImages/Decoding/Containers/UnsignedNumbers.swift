extension [UInt8] {
  /// Reads a 16-bit number; `nil` if it is out of bounds.
  func unsigned16(at position: Int, bigEndian: Bool) -> Int? {
    guard position >= 0, count >= 2, position <= count - 2 else { return nil }
    let (a, b) = (Int(self[position]), Int(self[position + 1]))
    return bigEndian ? a << 8 | b : b << 8 | a
  }

  /// Reads a 32-bit number; `nil` if it is out of bounds.
  func unsigned32(at position: Int, bigEndian: Bool) -> Int? {
    guard let first = unsigned16(at: position, bigEndian: bigEndian) else { return nil }
    guard let second = unsigned16(at: position + 2, bigEndian: bigEndian) else { return nil }
    return bigEndian ? first << 16 | second : second << 16 | first
  }
}
