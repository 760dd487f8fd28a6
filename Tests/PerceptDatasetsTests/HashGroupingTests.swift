import PerceptDatasets
import PerceptLinearAlgebra
import Synchronization
import Testing

@Suite("Grouping by hashes")
struct HashGroupingTests {
  /// The number of groups of bits.
  private static let groupCount = 7

  private static func hash(_ generator: inout SeededGenerator) -> PerceptualHash {
    PerceptualHash(words: (generator.next(), generator.next(), generator.next(), generator.next()))
  }

  private static func hashes(_ count: Int, seed: UInt64 = 1) -> [PerceptualHash] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in hash(&generator) }
  }

  /// Returns frames of a film: each differs in up to 6 bits from the one before, or shows another scene.
  private static func film(_ count: Int, scenes: Int = 3) -> [PerceptualHash] {
    var generator = SeededGenerator(seed: 5)
    var frame = hash(&generator)
    return (0..<count).map { number in
      if number % (count / scenes + 1) == 0 { frame = hash(&generator) }
      frame = frame.flipping(Set((0..<6).map { _ in Int.random(in: 1...255, using: &generator) }))
      return frame
    }
  }

  /// Returns the groups after checking that they are those of comparing all pairs, with the index and without it.
  @discardableResult
  private func checkedGroups(
    of hashes: [PerceptualHash?], where isMatch: @escaping @Sendable (Int, Int) -> Bool = { _, _ in true },
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> [Int] {
    let expected = ReferenceHashGrouping.groups(of: hashes, where: isMatch)
    for smallest in [0, .max] {
      let groups = HashGrouping.groups(of: hashes, smallestIndexed: smallest, where: isMatch)
      #expect(groups == expected, "smallestIndexed: \(smallest)", sourceLocation: sourceLocation)
    }
    return expected
  }

  @Test("the reference compares all pairs by the number of bits that differ, and groups what is connected")
  func reference() {
    let hashes = Self.hashes(2) + Self.film(40)
    var expected = Array(hashes.indices)
    for _ in hashes {  // the smallest index spreads by one pair at a time
      for i in hashes.indices {
        for j in hashes.indices where hashes[i].distance(to: hashes[j]) <= 20 {
          expected[i] = min(expected[i], expected[j])
        }
      }
    }
    #expect(ReferenceHashGrouping.groups(of: hashes) { _, _ in true } == expected)
    #expect(Set(expected).count == 5)
  }

  @Test("pairs at a distance of up to 20 are found among other images, wherever the bits are", arguments: 0...22)
  func distances(distance: Int) {
    var generator = SeededGenerator(seed: UInt64(distance))
    let others = Self.hashes(300)
    let copies = others.map { $0.flipping((1...255).shuffled(using: &generator).prefix(distance)) }
    let groups = checkedGroups(of: others + copies)
    #expect(Set(groups).count == (distance <= 20 ? 300 : 600))
  }

  @Test("pairs are found if only one group of bits has as few as two that differ", arguments: 0..<Self.groupCount)
  func scattered(group: Int) {
    var generator = SeededGenerator(seed: UInt64(group))
    let zero = PerceptualHash(words: (0, 0, 0, 0))
    let bits = (0..<Self.groupCount).map { group in
      (1...255).filter { zero.flipping([$0]).bits(ofGroup: group) != 0 }
    }
    let others = Self.hashes(500)
    let copies = others.map { hash in
      let changed = bits.indices.flatMap { bits[$0].shuffled(using: &generator).prefix($0 == group ? 2 : 3) }
      return hash.flipping(changed)
    }
    #expect(zip(others, copies).allSatisfy { $0.distance(to: $1) == 20 })
    #expect(Set(checkedGroups(of: others + copies)).count == 500)
  }

  @Test("frames of films, which are only near their neighbors, are one group for each scene")
  func films() {
    let frames = Self.film(2000)
    #expect(Set(checkedGroups(of: frames)).count == 3)
    #expect(Set(checkedGroups(of: frames + Self.hashes(2000, seed: 2))).count == 2003)
    #expect(Set(checkedGroups(of: frames.reversed())).count == 3)
  }

  @Test("equal hashes are one group, images without a hash are alone", arguments: [0, 1, 2, 3, 1500])
  func degenerate(count: Int) {
    let hash: PerceptualHash? = Self.hashes(1)[0]
    #expect(checkedGroups(of: Array(repeating: hash, count: count)) == Array(repeating: 0, count: count))
    #expect(checkedGroups(of: Array(repeating: nil, count: count)) == Array(0..<count))
    #expect(checkedGroups(of: (0..<count).map { $0 % 2 == 0 ? nil : hash }) == (0..<count).map { $0 % 2 == 0 ? $0 : 1 })
  }

  @Test("the number of hashes from which on the index is used changes nothing", arguments: [-1, 0, 1])
  func threshold(difference: Int) {
    let count = HashGrouping.smallestIndexed + difference
    let hashes = Self.film(400) + Self.hashes(count - 400)
    let expected = ReferenceHashGrouping.groups(of: hashes) { _, _ in true }
    #expect(HashGrouping.groups(of: hashes) { _, _ in true } == expected)
    #expect(HashGrouping.groups(of: hashes, smallestIndexed: count) { _, _ in true } == expected)
    #expect(HashGrouping.groups(of: hashes, smallestIndexed: count + 1) { _, _ in true } == expected)
  }

  @Test("images in several colors are in groups of their own, also if one shape in these colors is all there is")
  func colors() {
    for shapeCount in [1, 100] {
      let shapes = Self.hashes(shapeCount)
      let images = (0..<2000).map { shapes[$0 % shapeCount].flipping([1 + $0 % 11, 100 + $0 % 13]) }
      let groups = checkedGroups(of: images) { $0 / shapeCount % 5 == $1 / shapeCount % 5 }
      #expect(Set(groups).count == shapeCount * 5)
    }
  }

  @Test("only near images are asked about, in ascending order, and few that are in one group")
  func questions() {
    var generator = SeededGenerator(seed: 3)
    let shape = Self.hash(&generator)
    let copies = (0..<1200).map { _ in shape.flipping((1...255).shuffled(using: &generator).prefix(10)) }
    let hashes = copies + Self.hashes(1200)
    for smallest in [0, .max] {
      let asked = Mutex<[(Int, Int)]>([])
      _ = HashGrouping.groups(of: hashes, smallestIndexed: smallest) { first, second in
        asked.withLock { $0.append((first, second)) }
        return true
      }
      let pairs = asked.withLock { $0 }
      #expect(!pairs.isEmpty && pairs.count < 40_000)  // of 700,000
      #expect(pairs.allSatisfy { $0 < $1 && hashes[$0].distance(to: hashes[$1]) <= 20 })
    }
  }
}
