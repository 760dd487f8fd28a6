import PerceptLinearAlgebra
import Synchronization

/// Sets of whole numbers that are joined by many threads; which are joined first does not matter.
package final class DisjointSets: Sendable {
  private let parents: Mutex<[Int]>

  /// Every number below `count` in a set of its own.
  package init(count: Int) {
    parents = Mutex(Array(0..<count))
  }

  /// Joins the sets of a number and of others.
  package func link(_ number: Int, _ others: [Int]) {
    parents.withLock { parents in
      for other in others {
        let (a, b) = (Self.root(of: number, in: &parents), Self.root(of: other, in: &parents))
        parents[max(a, b)] = min(a, b)
      }
    }
  }

  /// The smallest number of the set that a number is in.
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
  /// Joins all numbers whose images have hashes near each other; every pair is compared, on all cores.
  ///
  /// Pairs are not kept: thousands of frames of one film have millions.
  package func linkNear(_ hashes: [(index: Int, hash: PerceptualHash)]) {
    let block = 64
    concurrently((hashes.count + block - 1) / block) { index in
      for i in index * block..<min((index + 1) * block, hashes.count) {
        let hash = hashes[i].hash
        var near: [Int] = []
        for j in i + 1..<max(hashes.count, i + 1) where hash.isNear(hashes[j].hash) { near.append(hashes[j].index) }
        if !near.isEmpty { link(hashes[i].index, near) }
      }
    }
  }
}
