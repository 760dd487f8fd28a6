/// What a Huffman code's bits mean.
struct HuffmanLookup {
  static let headBits = 9
  static let skippedBits = 12
  static let passesEnd = 64
  static let isUnknown = 128

  /// ``symbols`` of the codes of at most 9 bits, in a table that stays in the nearest cache; 0 for the others.
  let heads: UnsafeMutablePointer<UInt16>
  /// For every 16 bits `length << 8 | symbol` of the code that they begin with; 0 where that is none.
  let symbols: UnsafeMutablePointer<UInt16>
  /// For every 12 bits `advance << 8 | length` of the whole coefficients that they begin with, code and value:
  /// ``passesEnd`` in `advance` where the end of the block is the last of them, ``isUnknown`` where there are none.
  let skips: UnsafeMutablePointer<UInt16>

  /// `length << 8 | symbol` of the first code in 64 bits; 0 where they begin with none.
  @inline(__always)
  func symbol(_ bits: UInt64) -> Int {
    let head = heads[Int(bits &>> 55)]
    return Int(head != 0 ? head : symbols[Int(bits &>> 48)])
  }

  /// What may be skipped of 64 bits: an entry of ``skips``.
  @inline(__always)
  func skip(_ bits: UInt64) -> Int { Int(skips[Int(bits &>> 52)]) }

  /// Whether a block whose next coefficient is `next` ends with the coefficients of an entry of ``skips``, and not before.
  static func endsBlock(_ skip: Int, _ next: Int) -> Bool {
    let advance = skip >> 8
    if advance >= isUnknown { return false }
    return advance >= passesEnd ? next + advance - passesEnd < 64 : next + advance == 64
  }
}
