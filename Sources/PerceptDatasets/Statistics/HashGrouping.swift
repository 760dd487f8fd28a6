import PerceptIO
import PerceptLinearAlgebra

/// Groups images whose perceptual hashes are near each other. A group contains all images that are connected by pairs of
/// images that are near each other and match.
///
/// Finds the same groups as comparing all pairs, but compares only hashes that agree in a ``HashMask``, and no images that
/// are known to be in one group. For n images that mostly show different things, or are mostly frames of one film, the
/// time is about proportional to n. The result does not depend on the number of threads.
package struct HashGrouping {
  /// The number of hashes from which on masks are used. Comparing all pairs of fewer is faster.
  package static let smallestIndexed = 1000

  private let entries: HashEntries
  private var sets: DisjointSets

  /// Groups images.
  ///
  /// - Parameters:
  ///   - hashes: the hash of each image, if it has one; fewer than 2²⁷. Images without a hash are alone.
  ///   - smallestIndexed: see ``smallestIndexed``.
  ///   - isMatch: whether two images whose hashes are near each other match. Gets their indices in ascending order.
  /// - Returns: for each image, the smallest index of an image in its group.
  package static func groups(
    of hashes: [PerceptualHash?], smallestIndexed: Int = smallestIndexed,
    where isMatch: @escaping @Sendable (Int, Int) -> Bool
  ) -> [Int] {
    var grouping = HashGrouping(hashes, where: isMatch)
    if grouping.entries.hashes.count < smallestIndexed {
      grouping.joinAll()
    } else {
      for group in 0..<HashMask.groupCount { grouping.join(group: group) }
    }
    return hashes.indices.map { grouping.sets.root(of: $0) }
  }

  /// Joins images with equal hashes that match.
  private init(_ hashes: [PerceptualHash?], where isMatch: @escaping @Sendable (Int, Int) -> Bool) {
    var sets = DisjointSets(count: hashes.count)
    let images = hashes.indices.filter { hashes[$0] != nil }
    images.map { KeyedNumber(key: hashes[$0]?.mixed ?? 0, number: $0) }.sortedByKey().forEachRun { run in
      let links = run.links(in: { Int32($0) }) { hashes[$0] == hashes[$1] && isMatch(min($0, $1), max($0, $1)) }
      for (a, b) in links { sets.join(a, b) }
    }
    entries = HashEntries(of: hashes, sets: &sets, where: isMatch)
    self.sets = sets
  }

  /// Compares all pairs of entries. O(n²) for n entries.
  private mutating func joinAll() {
    let all = entries.hashes.indices.map { KeyedNumber(key: 0, number: $0) }
    let roots = roots()
    join(all[...].links(in: { roots[$0] }) { entries.areNear($0, $1) && entries.haveMatch($0, $1) })
  }

  /// Compares the entries that agree in a mask of a group of bits, after all groups before.
  private mutating func join(group: Int) {
    let (entries, masks) = (entries, HashMask.all)
    let numbers = parallelMap(entries.hashes.indices) {
      KeyedNumber(key: entries.hashes[$0].bits(ofGroup: group), number: $0)
    }
    // Masks that are used at the same time do not know each other's results. They are at most 8, because each sorts a copy
    // of all numbers.
    let width = min(OpenFiles.processors, 8)
    for first in stride(from: 0, to: masks.count, by: width) {
      let roots = roots()
      let links = parallelMap(masks[first..<min(first + width, masks.count)], block: 1) { mask in
        numbers.links(agreeingIn: mask, in: { roots[$0] }) { a, b in
          entries.areNear(a, b) && !entries.agree(a, b, beforeGroup: group, mask: first) && entries.haveMatch(a, b)
        }
      }
      for found in links { join(found) }
    }
  }

  /// The smallest image in the set of each entry.
  private mutating func roots() -> [Int32] {
    entries.hashes.indices.map { Int32(sets.root(of: entries.firstImage(of: $0))) }
  }

  private mutating func join(_ links: [(Int, Int)]) {
    for (a, b) in links { sets.join(entries.firstImage(of: a), entries.firstImage(of: b)) }
  }
}
