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
      let (parent, next) = (Int(parents[number]), parents[Int(parents[number])])
      if next != parent { parents[number] = next }
      number = Int(next)
    }
    return number
  }

  /// Makes all roots known, so that asking for them changes nothing, and copies remain shared. O(count).
  mutating func flatten() {
    // No parent is larger than its number, so its root is known already.
    for number in parents.indices { parents[number] = parents[Int(parents[number])] }
  }
}
