/// A Huffman code of a JPEG, as lookup tables that are indexed by the next bits (ITU-T T.81, annex C).
final class HuffmanTable {
  /// Valid for the lifetime of this object.
  let lookup = HuffmanLookup(
    heads: .allocate(capacity: 1 << HuffmanLookup.headBits), symbols: .allocate(capacity: 1 << 16),
    skips: .allocate(capacity: 1 << HuffmanLookup.skippedBits))
  /// The code of symbol 0, the end of a block, and its length in bits; `nil` if there is none.
  private(set) var endOfBlock: (code: UInt64, length: Int)?

  /// Builds the tables from the number of codes of each length, 1 to 16 bits, and the symbols in the order of their
  /// codes (a DHT segment); `nil` if the counts do not define a code.
  init?(counts: ArraySlice<UInt8>, values: ArraySlice<UInt8>) {
    lookup.symbols.initialize(repeating: 0, count: 1 << 16)
    var code = 0
    var next = values.startIndex
    for (length, count) in zip(1...16, counts) {
      for _ in 0..<count {
        guard code < 1 << length, next < values.endIndex else { return nil }
        let entry = UInt16(length) << 8 | UInt16(values[next])
        (lookup.symbols + code << (16 - length)).update(repeating: entry, count: 1 << (16 - length))
        if values[next] == 0 { endOfBlock = (UInt64(code), length) }
        code += 1
        next += 1
      }
      code <<= 1
    }
    for bits in 0..<1 << HuffmanLookup.headBits { (lookup.heads + bits).initialize(to: head(bits)) }
    for bits in 0..<1 << HuffmanLookup.skippedBits { (lookup.skips + bits).initialize(to: skip(bits)) }
  }

  deinit {
    lookup.heads.deallocate()
    lookup.symbols.deallocate()
    lookup.skips.deallocate()
  }

  private func head(_ bits: Int) -> UInt16 {
    let entry = lookup.symbols[bits << (16 - HuffmanLookup.headBits)]
    return entry >> 8 <= HuffmanLookup.headBits ? entry : 0
  }

  /// Returns the entry of ``HuffmanLookup/skips`` for 12 bits.
  private func skip(_ bits: Int) -> UInt16 {
    var used = 0
    var advance = 0
    while true {
      let entry = Int(lookup.symbols[bits << (16 - HuffmanLookup.skippedBits + used) & 0xFFFF])
      let (codeLength, run, valueLength) = (entry >> 8, entry >> 4 & 15, entry & 15)
      let length = codeLength + valueLength
      guard codeLength > 0, used + length <= HuffmanLookup.skippedBits else { break }
      guard advance + run + 1 < HuffmanLookup.passesEnd else { break }
      used += length
      if valueLength == 0, run != 15 { return UInt16((advance + HuffmanLookup.passesEnd) << 8 | used) }
      advance += run + 1
    }
    return UInt16((used == 0 ? HuffmanLookup.isUnknown : advance) << 8 | used)
  }
}
