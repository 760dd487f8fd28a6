/// A 64-bit hash that detects accidental differences: FNV-1a over words of eight bytes. It is not cryptographic.
package struct Fingerprint {
  private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  /// Continues the hash with this ``state``.
  package init(state: UInt64) { hash = state }

  /// The hash so far.
  package var state: UInt64 { hash }

  package mutating func add(_ word: UInt64) {
    hash = (hash ^ word) &* 0x100_0000_01B3
    // The multiplication propagates differences only to higher bits.
    hash ^= hash >> 32
  }

  /// Adds the number of bytes and then the bytes to the hash.
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

  /// Returns the key of an image with these encoded bytes: 32 bits of their hash. Two different images have the same key
  /// with a probability of 2⁻³².
  package static func key(of bytes: UnsafeRawBufferPointer) -> UInt32 {
    var sum = Fingerprint()
    sum.add(bytes)
    // The finalizer of MurmurHash3: each bit of the result depends on all bits of the hash.
    var mixed = (sum.hash ^ sum.hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
    mixed = (mixed ^ mixed >> 33) &* 0xC4CE_B9FE_1A85_EC53
    return UInt32(truncatingIfNeeded: mixed ^ mixed >> 33)
  }

  /// The hash as 16 hexadecimal digits.
  package var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
