/// Lookup tables for decoding a Huffman code.
struct HuffmanLookup {
  static let headBits = 9
  static let skippedBits = 12
  static let passesEnd = 64
  static let isUnknown = 128

  /// The ``symbols`` of codes of at most 9 bits, in a table that fits into the L1 cache; 0 for longer codes.
  let heads: UnsafeMutablePointer<UInt16>
  /// For every 16 bits, `length << 8 | symbol` of the code at their beginning; 0 if there is no such code.
  let symbols: UnsafeMutablePointer<UInt16>
  /// For every 12 bits, `advance << 8 | length` of the complete coefficients (code and value) at their beginning. If the
  /// last of them is the end of the block, ``passesEnd`` is added to `advance`. If there are none, `advance` is ``isUnknown``.
  let skips: UnsafeMutablePointer<UInt16>

  /// Returns `length << 8 | symbol` of the code at the beginning of 64 bits; 0 if there is no such code.
  @inline(__always)
  func symbol(_ bits: UInt64) -> Int {
    let head = heads[Int(bits &>> 55)]
    return Int(head != 0 ? head : symbols[Int(bits &>> 48)])
  }

  /// Returns the entry of ``skips`` for the beginning of 64 bits.
  @inline(__always)
  func skip(_ bits: UInt64) -> Int { Int(skips[Int(bits &>> 52)]) }

  /// Returns whether a block whose next coefficient is `next` ends exactly with the coefficients of an entry of ``skips``.
  static func endsBlock(_ skip: Int, _ next: Int) -> Bool {
    let advance = skip >> 8
    if advance >= isUnknown { return false }
    return advance >= passesEnd ? next + advance - passesEnd < 64 : next + advance == 64
  }
}
