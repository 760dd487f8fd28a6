import PerceptLinearAlgebra

/// Groups images whose perceptual hashes are near each other. A group contains all images that are connected by pairs of
/// images that are near each other and match.
///
/// The groups are those that comparing all pairs finds (see ``ReferenceHashGrouping``). But only hashes that agree in 24
/// bits are compared, in one of 105 ways, and no images that are known to be in one group. So the time is about
/// proportional to the number of images, if most of them show different things or are frames of one film. It is never much
/// longer than that of comparing all pairs. The result does not depend on the number of threads.
package struct HashGrouping {
  /// The number of hashes from which on not all pairs are compared. For fewer, that is faster.
  package static let smallestIndexed = 4000

  private let hashes: [PerceptualHash]
  private let isMatch: @Sendable (Int, Int) -> Bool
  private var sets: DisjointSets
  /// The number of parts that are searched at the same time. A part does not know what the others find.
  private static let partCount = 8

  /// Returns, for each image, the smallest index of an image in its group.
  ///
  /// - Parameters:
  ///   - hashes: the hash of each image; nil for images that are in no group with others. Fewer than 2²⁸.
  ///   - smallestIndexed: see ``smallestIndexed``.
  ///   - isMatch: whether two images whose hashes are near each other match. Gets their indices in ascending order.
  /// - Returns: the smallest indices.
  package static func groups(
    of hashes: [PerceptualHash?], smallestIndexed: Int = smallestIndexed,
    where isMatch: @escaping @Sendable (Int, Int) -> Bool
  ) -> [Int] {
    let images = hashes.indices.filter { hashes[$0] != nil }
    var grouping = HashGrouping(
      hashes: images.compactMap { hashes[$0] }, isMatch: { isMatch(images[min($0, $1)], images[max($0, $1)]) },
      sets: DisjointSets(count: images.count))
    if images.count < smallestIndexed || !grouping.joinSimilar() { grouping.joinAll() }
    var groups = Array(hashes.indices)
    for number in images.indices { groups[images[number]] = images[grouping.sets.root(of: number)] }
    return groups
  }

  /// Compares the hashes that agree in two digits. Gives up and returns false when they are more than a sixteenth of all
  /// pairs, as if half of the images show one shape in several colors.
  private mutating func joinSimilar() -> Bool {
    let (hashes, isMatch) = (hashes, isMatch)
    var budget = hashes.count * hashes.count / 32
    for group in 0..<HashElement.groupCount {
      let roots = sets.roots
      let elements = parallelMap(hashes.indices) {
        HashElement(bits: hashes[$0].bits(ofGroup: group), number: Int32($0), root: roots[$0])
      }
      let buckets = parallelMap(HashDigit.pairs, block: 1) { HashBuckets(elements, by: $0.first) }
      for (buckets, digits) in zip(buckets, HashDigit.pairs) {
        let start = LinkSearch(sets: sets, budget: budget)
        let searches = parallelMap(0..<Self.partCount, block: 1) { part in
          var search = start
          for value in stride(from: part, to: HashDigit.valueCount, by: Self.partCount) {
            search.search(buckets[value], agreeingIn: digits.others) {
              hashes[$0].isNear(hashes[$1]) && isMatch($0, $1)
            }
          }
          return search
        }
        budget = searches.reduce(budget) { $0 - (start.budget - $1.budget) }
        join(searches.flatMap(\.links))
        guard budget > 0 else { return false }
      }
    }
    return true
  }

  /// Compares all pairs. O(n²) for n hashes.
  private mutating func joinAll() {
    let (hashes, isMatch, count) = (hashes, isMatch, hashes.count)
    let (partCount, rowCount) = (16, max(64, count / 4096))
    for first in stride(from: 0, to: count, by: partCount * rowCount) {
      let links = parallelMap(0..<partCount, block: 1) { [sets] part in
        var (sets, links) = (sets, [(Int, Int)]())
        let start = min(first + part * rowCount, count)
        for a in start..<min(start + rowCount, count) {
          for b in a + 1..<max(a + 1, count) where hashes[a].isNear(hashes[b]) {
            guard sets.root(of: a) != sets.root(of: b), isMatch(a, b) else { continue }
            sets.join(a, b)
            links.append((a, b))
          }
        }
        return links
      }
      join(links.flatMap { $0 })
    }
  }

  private mutating func join(_ links: [(Int, Int)]) {
    for (a, b) in links { sets.join(a, b) }
    if !links.isEmpty { sets.flatten() }
  }
}
