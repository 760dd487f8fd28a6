/// A choice of bits of a ``PerceptualHash``. Two hashes that are near each other agree in all bits of at least one mask.
///
/// The 255 bits are divided into 7 groups of 36 or 37, and each group into 6 pieces. Two hashes that differ in at most 20
/// bits differ in at most 2 bits of at least one group, because 7 · 3 > 20. There they agree in at least 4 of the 6 pieces.
/// So each group has 15 masks, the choices of 4 pieces, of 24 or 25 bits.
struct HashMask: Sendable {
  static let groupCount = 7
  /// The bits of a mask, among those that ``PerceptualHash/bits(ofGroup:)`` returns.
  let bits: UInt64
  /// The same bits, as digits to sort by.
  let digits: [KeyDigit]

  /// The masks of a group, which are the same in every group.
  static let all: [HashMask] = {
    let pieces = [0..<6, 6..<12, 12..<18, 18..<24, 24..<30, 30..<37]
    return pieces.indices.flatMap { a in
      (a + 1..<pieces.count).map { b in
        HashMask(pieces: pieces.indices.filter { $0 != a && $0 != b }.map { pieces[$0] })
      }
    }
  }()

  private init(pieces: [Range<Int>]) {
    bits = pieces.reduce(0) { $0 | ((1 << UInt64($1.count)) - 1) << UInt64($1.lowerBound) }
    digits = [KeyDigit(pieces[0], pieces[1]), KeyDigit(pieces[2], pieces[3])]
  }
}

extension PerceptualHash {
  /// A key that hardly any two different hashes share.
  var mixed: UInt64 {
    [words.0, words.1, words.2, words.3].reduce(0) { key, word in
      let product = (key ^ word) &* 0x9E37_79B9_7F4A_7C15
      return product ^ product >> 32
    }
  }

  /// Returns every seventh bit, from bit `group` of 0 ... 6 on, as the lowest 36 or 37 bits of a word.
  func bits(ofGroup group: Int) -> UInt64 {
    withUnsafeBytes(of: words) { words in
      var bits: UInt64 = 0
      // The first bit of the first word is not used.
      for (place, bit) in stride(from: 1 + group, to: 256, by: HashMask.groupCount).enumerated() {
        let word = words.load(fromByteOffset: bit / 64 * 8, as: UInt64.self)
        bits |= (word >> UInt64(bit % 64) & 1) << UInt64(place)
      }
      return bits
    }
  }
}
