/// A search for pairs of hashes that are linked and in different sets.
struct LinkSearch: Sendable {
  private(set) var links: [(Int, Int)] = []
  /// How many pairs may still be tested. When none are left, the search ends.
  private(set) var budget: Int
  private var sets: DisjointSets
  private var table = HashTable()

  /// `sets` are those that are known already.
  init(sets: DisjointSets, budget: Int) {
    (self.sets, self.budget) = (sets, budget)
  }

  /// Finds links between elements of a bucket that are near each other and agree in one of some digits. They connect all sets
  /// that such links connect, directly or through other sets.
  mutating func search(
    _ bucket: ArraySlice<HashElement>, agreeingIn digits: [HashDigit], where isLink: (Int, Int) -> Bool
  ) {
    guard bucket.count > 1 else { return }
    for digit in digits {
      let agreement = table.agreement(of: bucket, in: digit)
      for (a, b) in agreement.pairs { test(a, b, where: isLink) }
      for crowd in agreement.crowds { search(crowd, where: isLink) }
    }
  }

  /// Tests no pairs that are known to be connected: most pairs of frames of a film are links. Only these links are recorded in
  /// ``sets``, which copies them.
  private mutating func search(_ crowd: [HashElement], where isLink: (Int, Int) -> Bool) {
    let roots = crowd.map { sets.root(of: Int($0.number)) }
    guard roots.contains(where: { $0 != roots[0] }) else { return }
    let parts = Dictionary(grouping: crowd.indices) { roots[$0] }
    var waiting = parts.sorted { $0.key < $1.key }.map { $0.value.map { crowd[$0] } }
    while var connected = waiting.popLast() {
      while !waiting.isEmpty, budget > 0, let element = connected.popLast() {
        waiting.removeAll { part in
          guard let other = part.first(where: { test(element, $0, where: isLink) }) else { return false }
          sets.join(Int(element.number), Int(other.number))
          connected += part
          return true
        }
      }
    }
  }

  /// Whether two elements form a link. Those that are known to be connected are not asked about.
  @discardableResult
  private mutating func test(_ a: HashElement, _ b: HashElement, where isLink: (Int, Int) -> Bool) -> Bool {
    let (first, second) = (Int(a.number), Int(b.number))
    budget -= 1
    guard a.mayLink(b), sets.root(of: first) != sets.root(of: second), isLink(first, second) else { return false }
    links.append((first, second))
    return true
  }
}
