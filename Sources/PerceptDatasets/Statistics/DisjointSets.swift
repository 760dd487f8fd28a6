import PerceptLinearAlgebra
import Synchronization

/// A thread-safe union-find structure over the integers 0 ..< count. The result does not depend on the order in which
/// sets are joined. Operations take amortized O(log count) for each number.
package final class DisjointSets: Sendable {
  private let parents: Mutex<[Int]>

  package init(count: Int) {
    parents = Mutex(Array(0..<count))
  }

  package func link(_ number: Int, _ others: [Int]) {
    parents.withLock { parents in
      for other in others {
        let (a, b) = (Self.root(of: number, in: &parents), Self.root(of: other, in: &parents))
        parents[max(a, b)] = min(a, b)
      }
    }
  }

  /// Returns the smallest number in the set of a number.
  package func root(of number: Int) -> Int {
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

extension DisjointSets {
  /// Joins all numbers whose images have hashes that are near each other and pass `isMatch`, which gets two numbers.
  /// Compares the hashes of every pair, in O(n²) for n hashes, in parallel on all cores. Pairs are not collected: there
  /// can be millions, as among the frames of one video.
  package func linkNear(
    _ hashes: [(index: Int, hash: PerceptualHash)], where isMatch: @Sendable (Int, Int) -> Bool
  ) {
    let block = 64
    concurrently((hashes.count + block - 1) / block) { index in
      for i in index * block..<min((index + 1) * block, hashes.count) {
        let (number, hash) = hashes[i]
        var near: [Int] = []
        for j in i + 1..<max(hashes.count, i + 1) where hash.isNear(hashes[j].hash) {
          if isMatch(number, hashes[j].index) { near.append(hashes[j].index) }
        }
        if !near.isEmpty { link(number, near) }
      }
    }
  }
}
