/// A 64-bit sum that tells numbers apart that are not the same by chance or by accident: FNV-1a over words of eight bytes.
package struct Fingerprint {
  private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The sum of nothing.
  package init() {}

  /// Takes in 64 bits.
  package mutating func add(_ word: UInt64) {
    hash = (hash ^ word) &* 0x100_0000_01B3
    // Multiplication carries differences only upwards.
    hash ^= hash >> 32
  }

  /// Takes in bytes, and how many they are.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(UInt64(bytes.count))
    let whole = bytes.count / 8 * 8
    for offset in stride(from: 0, to: whole, by: 8) {
      add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
    var rest: UInt64 = 0
    for byte in bytes[whole...] { rest = rest << 8 | UInt64(byte) }
    add(rest)
  }

  /// Sixteen hexadecimal digits.
  package var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
