/// A union-find structure over the integers 0 ..< count. The result does not depend on the order in which sets are joined.
struct DisjointSets: Sendable {
  private var parents: [Int32]

  init(count: Int) { parents = Array(0..<Int32(count)) }

  /// Joins the sets of two numbers. Amortized O(log count).
  mutating func join(_ number: Int, _ other: Int) {
    let (a, b) = (root(of: number), root(of: other))
    parents[max(a, b)] = Int32(min(a, b))
  }

  /// Returns the smallest number in the set of a number. Amortized O(log count).
  mutating func root(of number: Int) -> Int {
    var number = number
    while parents[number] != number {
      parents[number] = parents[Int(parents[number])]
      number = Int(parents[number])
    }
    return number
  }

  /// Returns the smallest number in the set of each number. O(count).
  func roots() -> [Int32] {
    var roots = parents
    // No parent is larger than its number, so its root is known already.
    for number in roots.indices { roots[number] = roots[Int(roots[number])] }
    return roots
  }
}
