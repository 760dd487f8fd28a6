import PerceptIO
import PerceptLinearAlgebra

/// Groups images whose perceptual hashes are near each other. A group contains all images that are connected by pairs of
/// images that are near each other and match.
///
/// The groups are those that comparing all pairs finds, but only hashes that agree in a ``HashMask`` are compared, and no
/// images that are known to be in one group. So the time is about proportional to the number of images, if most of them
/// show different things or are frames of one film. It is never much longer than that of comparing all pairs. The result
/// does not depend on the number of threads.
package struct HashGrouping {
  /// The number of hashes from which on masks are used. Comparing all pairs of fewer is faster.
  package static let smallestIndexed = 1000

  private let hashes: [PerceptualHash]
  private let isMatch: @Sendable (Int, Int) -> Bool
  /// The number of threads. Each copies numbers of all hashes, and does not know what the others find at the same time.
  private let threads: Int
  private var sets: DisjointSets

  /// Returns, for each image, the smallest index of an image in its group.
  ///
  /// - Parameters:
  ///   - hashes: the hash of each image; nil for images that are in no group with others. Fewer than 2³¹.
  ///   - smallestIndexed: see ``smallestIndexed``.
  ///   - threads: how many threads are used. Each takes up to 30 bytes for each hash.
  ///   - isMatch: whether two images whose hashes are near each other match. Gets their indices in ascending order.
  /// - Returns: the smallest indices.
  package static func groups(
    of hashes: [PerceptualHash?], smallestIndexed: Int = smallestIndexed, threads: Int = min(OpenFiles.processors, 8),
    where isMatch: @escaping @Sendable (Int, Int) -> Bool
  ) -> [Int] {
    let images = hashes.indices.filter { hashes[$0] != nil }
    var grouping = HashGrouping(
      hashes: images.compactMap { hashes[$0] }, isMatch: { isMatch(images[min($0, $1)], images[max($0, $1)]) },
      threads: threads, sets: DisjointSets(count: images.count))
    if images.count < smallestIndexed || !grouping.joinByMasks() { grouping.joinAll() }
    var groups = Array(hashes.indices)
    for (image, root) in zip(images, grouping.sets.roots()) { groups[image] = images[Int(root)] }
    return groups
  }

  /// Compares the hashes that agree in a mask. Gives up and returns false when they are more than a sixteenth of all pairs, as
  /// if half of the images show one shape in several colors.
  private mutating func joinByMasks() -> Bool {
    let (hashes, isMatch, masks) = (hashes, isMatch, HashMask.all)
    var budget = hashes.count * hashes.count / 32
    var roots = sets.roots()
    for group in 0..<HashMask.groupCount {
      let bits = parallelMap(hashes) { $0.bits(ofGroup: group) }
      for first in stride(from: 0, to: masks.count, by: threads) {
        let start = LinkSearch(roots: roots, budget: budget)
        let searches = parallelMap(masks[first..<min(first + threads, masks.count)], block: 1) { mask in
          var search = start
          mask.repeated(in: bits).sortedByKey().forEachRun { run in
            search.search(run) { hashes[$0].isNear(hashes[$1]) && isMatch($0, $1) }
          }
          return search
        }
        budget = searches.reduce(budget) { $0 - (start.budget - $1.budget) }
        if join(searches.flatMap(\.links)) { roots = sets.roots() }
        guard budget > 0 else { return false }
      }
    }
    return true
  }

  /// Compares all pairs that are not known to be in one set. O(n²) for n hashes.
  private mutating func joinAll() {
    let (hashes, isMatch, count) = (hashes, isMatch, hashes.count)
    let block = max(64, count / 256)
    for first in stride(from: 0, to: count, by: block * threads) {
      let links = parallelMap(0..<threads, block: 1) { [sets] thread in
        var (sets, links) = (sets, [(Int, Int)]())
        let start = min(first + thread * block, count)
        for a in start..<min(start + block, count) {
          for b in a + 1..<max(a + 1, count) where hashes[a].isNear(hashes[b]) {
            if sets.root(of: a) != sets.root(of: b), isMatch(a, b) {
              sets.join(a, b)
              links.append((a, b))
            }
          }
        }
        return links
      }
      join(links.flatMap { $0 })
    }
  }

  /// Joins the sets of linked numbers. Returns whether there were any.
  @discardableResult
  private mutating func join(_ links: [(Int, Int)]) -> Bool {
    for (a, b) in links { sets.join(a, b) }
    return !links.isEmpty
  }
}
