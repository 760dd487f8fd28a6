import Synchronization

/// Sets of whole numbers that are joined by many threads; which are joined first does not matter.
final class DisjointSets: Sendable {
  private let parents: Mutex<[Int]>

  /// Every number below `count` in a set of its own.
  init(count: Int) {
    parents = Mutex(Array(0..<count))
  }

  /// Joins the sets of a number and of others.
  func link(_ number: Int, _ others: [Int]) {
    parents.withLock { parents in
      for other in others {
        let (a, b) = (Self.root(of: number, in: &parents), Self.root(of: other, in: &parents))
        parents[max(a, b)] = min(a, b)
      }
    }
  }

  /// The smallest number of the set that a number is in.
  func root(of number: Int) -> Int {
    parents.withLock { Self.root(of: number, in: &$0) }
  }

  private static func root(of number: Int, in parents: inout [Int]) -> Int {
    var number = number
    while parents[number] != number {
      parents[number] = parents[parents[number]]
      number = parents[number]
    }
    return number
  }
}
