import PerceptLinearAlgebra
import Synchronization

/// Defines what ``HashGrouping`` computes. Tests and benchmarks compare the two.
package enum ReferenceHashGrouping {
  /// Returns, for each image, the smallest index of an image in its group, after comparing all pairs. O(n²) for n images, in
  /// parallel on all cores.
  package static func groups(
    of hashes: [PerceptualHash?], where isMatch: @Sendable (Int, Int) -> Bool
  ) -> [Int] {
    let sets = Mutex(DisjointSets(count: hashes.count))
    concurrently(hashes.count) { first in
      guard let hash = hashes[first] else { return }
      let near = (first + 1..<max(first + 1, hashes.count)).filter { second in
        (hashes[second]?.isNear(hash) ?? false) && isMatch(first, second)
      }
      sets.withLock { sets in for second in near { sets.join(first, second) } }
    }
    return sets.withLock { sets in hashes.indices.map { sets.root(of: $0) } }
  }
}
