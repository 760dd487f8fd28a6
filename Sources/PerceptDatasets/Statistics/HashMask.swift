/// A choice of 24 bits of a ``PerceptualHash``. Any two hashes that are near each other agree in all bits of at least one
/// mask.
///
/// The first 63 bits of each word are divided into 7 groups, and each group of 36 bits into 6 pieces. Two hashes that differ
/// in at most 20 bits differ in at most 2 bits of at least one group, because 7 · 3 > 20. There they agree in at least 4 of
/// the 6 pieces. So the masks of a group are the 15 choices of 4 pieces. Neighboring bits, which depend on each other in
/// real images, are in different groups.
package struct HashMask: Sendable {
  package static let groupCount = 7
  /// The masks of a group, which are the same in every group.
  static let all: [HashMask] = {
    let pieces = 0..<6
    return pieces.flatMap { a in
      pieces.dropFirst(a + 1).map { b in
        HashMask(bits: pieces.reduce(0) { $1 == a || $1 == b ? $0 : $0 | bits(ofPiece: $1) })
      }
    }
  }()

  /// The bits of the mask, among those that ``PerceptualHash/bits(ofGroup:)`` returns.
  let bits: UInt64

  /// Returns the indices of elements that agree with another element in the bits of the mask, and of a few more, with keys
  /// that are equal if they agree. O(n) for n elements. Sorting only these is faster than sorting all.
  func repeated(in elements: [UInt64]) -> [KeyedNumber] {
    // Two bits for each slot: whether it belongs to an element, and whether to several. There are 8 to 16 slots for each.
    let slotWidth = UInt32(min(32, Int.bitWidth - (8 * elements.count | 63).leadingZeroBitCount))
    var table = [UInt32](repeating: 0, count: 1 << Int(slotWidth - 4))
    func place(_ key: UInt32) -> (index: Int, shift: UInt32) {
      let slot = key >> (32 - slotWidth)
      return (Int(slot >> 4), (slot & 15) << 1)
    }
    for element in elements {
      let (index, shift) = place(key(of: element))
      table[index] |= (1 | (table[index] >> shift & 1) << 1) << shift
    }
    return [KeyedNumber](unsafeUninitializedCapacity: elements.count) { numbers, count in
      for (number, element) in elements.enumerated() {
        let key = key(of: element)
        let (index, shift) = place(key)
        numbers.initializeElement(at: count, to: KeyedNumber(key: key, number: number))
        count += Int(table[index] >> (shift + 1) & 1)
      }
    }
  }

  private func key(of element: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: ((element & bits) &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }

  private static func bits(ofPiece piece: Int) -> UInt64 {
    stride(from: piece, to: 36, by: 6).reduce(0) { $0 | 1 << UInt64($1 / 4 * 7 + $1 % 4) }
  }
}

extension PerceptualHash {
  /// Returns the 36 bits of group `group` of 0 ..< 7: those of the four words at each of the places 0 ..< 4 of every seventh
  /// bit.
  package func bits(ofGroup group: Int) -> UInt64 {
    func bits(_ word: UInt64, _ number: Int) -> UInt64 {
      (word >> UInt64((group + number) % HashMask.groupCount) & 0x0102_0408_1020_4081) << UInt64(number)
    }
    return bits(words.0, 0) | bits(words.1, 1) | bits(words.2, 2) | bits(words.3, 3)
  }
}
