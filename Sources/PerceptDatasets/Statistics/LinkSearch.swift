/// A search for pairs of numbers that are linked but in different sets.
struct LinkSearch: Sendable {
  private(set) var links: [(Int, Int)] = []
  /// How many pairs may still be tested. When none are left, the search ends.
  private(set) var budget: Int
  private let roots: [Int32]

  /// `roots` is the smallest number in the set of each number.
  init(roots: [Int32], budget: Int) {
    (self.roots, self.budget) = (roots, budget)
  }

  /// Finds links between numbers that connect all sets that any links between them connect, directly or through other sets.
  /// Does not test pairs that are in one set, or are known to be connected: most pairs of frames of a film are links.
  mutating func search(_ numbers: ArraySlice<KeyedNumber>, where isLink: (Int, Int) -> Bool) {
    guard let first = numbers.first, numbers.contains(where: { roots[$0.number] != roots[first.number] }) else {
      return
    }
    if numbers.count == 2, let last = numbers.last {
      budget -= 1
      if isLink(first.number, last.number) { links.append((first.number, last.number)) }
      return
    }
    let sets = Dictionary(grouping: numbers.map(\.number)) { roots[$0] }
    var waiting = sets.sorted { $0.key < $1.key }.map(\.value)
    while var connected = waiting.popLast() {
      while !waiting.isEmpty, budget > 0, let number = connected.popLast() {
        waiting.removeAll { set in
          budget -= set.count
          guard let other = set.first(where: { isLink(number, $0) }) else { return false }
          links.append((number, other))
          connected += set
          return true
        }
      }
    }
  }
}
