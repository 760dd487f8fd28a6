/// The number of a hash, 0 ..< 2²⁸, and one of 7 groups of its bits. Two hashes that are near each other have a group in which
/// their elements are near each other, because 7 · 3 > 20: if at most 20 bits differ, then at most 2 in one of the groups.
struct HashElement: Sendable {
  static let groupCount = 7
  static let largestCount = 1 << Int(numberWidth)
  static let largestDistance = PerceptualHash.largestDistance / groupCount

  private static let numberWidth: UInt64 = 28
  private let word: UInt64

  init(_ hash: PerceptualHash, group: Int, number: Int) {
    word = hash.bits(ofGroup: group) << Self.numberWidth | UInt64(number)
  }

  /// The 36 bits of the group.
  var bits: UInt64 { word >> Self.numberWidth }

  var number: Int { Int(word & (1 << Self.numberWidth - 1)) }

  func isNear(_ other: HashElement) -> Bool { (bits ^ other.bits).nonzeroBitCount <= Self.largestDistance }
}

extension PerceptualHash {
  /// Returns the 36 bits of one of the groups 0 ..< 7: every seventh of the first 63 bits of each word. Neighbors, which
  /// depend on each other in many images, are in different groups.
  package func bits(ofGroup group: Int) -> UInt64 {
    func bits(_ word: UInt64, _ number: Int) -> UInt64 {
      (word >> UInt64((group + number) % HashElement.groupCount) & 0x0102_0408_1020_4081) << UInt64(number)
    }
    let spread = bits(words.0, 0) | bits(words.1, 1) | bits(words.2, 2) | bits(words.3, 3)
    return (0..<9).reduce(0) { $0 | (spread >> UInt64(7 * $1) & 15) << UInt64(4 * $1) }
  }
}
