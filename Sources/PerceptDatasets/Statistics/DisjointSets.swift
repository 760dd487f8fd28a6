/// A union-find structure over the integers 0 ..< count. The result does not depend on the order in which sets are joined.
struct DisjointSets: Sendable {
  /// For each number, one in its set that is not larger; after ``flatten()`` the smallest one.
  private(set) var roots: [Int32]

  init(count: Int) { roots = Array(0..<Int32(count)) }

  /// Joins the sets of two numbers. Amortized O(log count).
  mutating func join(_ number: Int, _ other: Int) {
    let (a, b) = (root(of: number), root(of: other))
    roots[max(a, b)] = Int32(min(a, b))
  }

  /// Returns the smallest number in the set of a number. Amortized O(log count).
  mutating func root(of number: Int) -> Int {
    var number = number
    while roots[number] != number {
      let (next, last) = (Int(roots[number]), roots[Int(roots[number])])
      if last != next { roots[number] = last }
      number = Int(last)
    }
    return number
  }

  /// Finds all roots, so that asking for them changes nothing, and copies remain shared. O(count).
  mutating func flatten() {
    // Numbers are never smaller than their roots, so those of smaller numbers are final.
    for number in roots.indices { roots[number] = roots[Int(roots[number])] }
  }
}
