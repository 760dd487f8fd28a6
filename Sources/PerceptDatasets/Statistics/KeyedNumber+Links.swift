extension [KeyedNumber] {
  /// Returns links among the numbers that agree in the bits of a mask (see ``Swift/ArraySlice/links(in:where:)``).
  func links(
    agreeingIn mask: HashMask, in sets: (Int) -> Int32, where isLink: (Int, Int) -> Bool
  ) -> [(Int, Int)] {
    var links: [(Int, Int)] = []
    mask.digits.reduce(self) { $0.sorted(by: $1) }.forEachRun(of: mask.bits) { run in
      if run.count > 1 { links += run.links(in: sets, where: isLink) }
    }
    return links
  }
}

extension ArraySlice<KeyedNumber> {
  /// Returns pairs of numbers that connect all sets with numbers that form a link, directly or through other sets. Tests no
  /// pairs in one set, also if they are in one set because of a link that has just been found: among frames of a film, most
  /// pairs are links. `sets` gives the set of a number.
  func links(in sets: (Int) -> Int32, where isLink: (Int, Int) -> Bool) -> [(Int, Int)] {
    guard let first = first.map({ sets($0.number) }), contains(where: { sets($0.number) != first }) else { return [] }
    if count == 2 {
      let (a, b) = (self[startIndex].number, self[startIndex + 1].number)
      return isLink(a, b) ? [(a, b)] : []
    }
    var links: [(Int, Int)] = []
    var waiting = Dictionary(grouping: map(\.number), by: sets).sorted { $0.key < $1.key }.map(\.value)
    while var connected = waiting.popLast() {
      while !waiting.isEmpty, let number = connected.popLast() {
        waiting.removeAll { set in
          guard let other = set.first(where: { isLink(number, $0) }) else { return false }
          links.append((number, other))
          connected += set
          return true
        }
      }
    }
    return links
  }
}
