/// One of 7 groups of the bits of a hash. Two hashes that are near each other have a group in which their elements are near
/// each other, because 7 · 3 > 20: if at most 20 bits differ, then at most 2 in one of the groups.
struct HashElement: Sendable {
  static let groupCount = 7
  static let largestDistance = PerceptualHash.largestDistance / groupCount

  /// The 36 bits of the group.
  let bits: UInt64
  /// The number of the hash.
  let number: Int32
  /// The smallest number in the set of the hash when the element was made. The set may have grown.
  let root: Int32

  /// Whether two elements can belong to hashes that are near each other and in different sets.
  func mayLink(_ other: HashElement) -> Bool {
    root != other.root && (bits ^ other.bits).nonzeroBitCount <= Self.largestDistance
  }
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
