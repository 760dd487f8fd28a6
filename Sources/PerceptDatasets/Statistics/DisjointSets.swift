/// A union-find structure over the integers 0 ..< count. The result does not depend on the order in which sets are joined.
/// Operations take amortized O(log count).
struct DisjointSets {
  private var parents: [Int32]

  init(count: Int) { parents = Array(0..<Int32(count)) }

  mutating func join(_ number: Int, _ other: Int) {
    let (a, b) = (root(of: number), root(of: other))
    parents[max(a, b)] = Int32(min(a, b))
  }

  /// Returns the smallest number in the set of a number.
  mutating func root(of number: Int) -> Int {
    var number = number
    while parents[number] != number {
      parents[number] = parents[Int(parents[number])]
      number = Int(parents[number])
    }
    return number
  }
}
