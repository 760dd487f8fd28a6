import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptLinearAlgebra

/// Hashes into groups of near-duplicates, timed.
struct GroupingJob: Decodable {
  /// The path of images to hash.
  let data: String?
  /// What made hashes are of, without `data`.
  let made: MadeHashes?
  /// The number of made hashes.
  let count: Int?
  /// Whether all pairs are compared.
  let comparesAllPairs: Bool

  func run() throws -> Answer {
    guard let data else { return timed(made?.hashes(count: count ?? 0) ?? []) { _, _ in true } }
    let dataset = try Dataset(DataSource(data)).images
    let layouts = parallelMap(dataset.examples.indices) { row in
      dataset.withFeatures(of: row) { ColorLayout(of: $0, preprocessing: dataset.preprocessing) }
    }
    let hashes = parallelMap(dataset.examples.indices) { row in
      dataset.withFeatures(of: row) { PerceptualHash(of: $0, preprocessing: dataset.preprocessing) }
    }
    return timed(hashes) { layouts[$0].matches(layouts[$1]) }
  }

  private func timed(_ hashes: [PerceptualHash?], where isMatch: @escaping @Sendable (Int, Int) -> Bool) -> Answer {
    let start = ContinuousClock.now
    let groups =
      comparesAllPairs
      ? ReferenceHashGrouping.groups(of: hashes, where: isMatch) : HashGrouping.groups(of: hashes, where: isMatch)
    var answer = Answer(seconds: (ContinuousClock.now - start) / .seconds(1), count: hashes.count)
    var sum = Fingerprint()
    for group in groups { sum.add(UInt64(group)) }
    (answer.groupCount, answer.checksum) = (Set(groups).count, sum.text)
    return answer
  }
}

/// Hashes of images that do not exist, the same in each run.
enum MadeHashes: String, Decodable {
  /// Different images. A tenth are copies of others, with up to 22 different bits.
  case images
  /// Scenes, each in 50 images that are similar but not near-duplicates.
  case scenes
  /// Different images, and as many frames of one film in which the camera moves slowly and sometimes jumps.
  case film

  func hashes(count: Int) -> [PerceptualHash?] {
    var generator = SeededGenerator(seed: 7)
    var hashes: [PerceptualHash] = []
    hashes.reserveCapacity(count)
    var scene = PerceptualHash(using: &generator)
    while hashes.count < count {
      let number = hashes.count
      switch self {
      case .images where number % 10 == 9:
        hashes.append(hashes[number - Int.random(in: 1...9, using: &generator)].changed(0...22, using: &generator))
      case .scenes:
        if number % 50 == 0 { scene = PerceptualHash(using: &generator) }
        hashes.append(scene.changed(40...40, using: &generator))
      case .film where number % 2 == 1:
        scene = number % 5001 == 0 ? PerceptualHash(using: &generator) : scene.changed(0...2, using: &generator)
        hashes.append(scene.changed(0...8, using: &generator))
      case .images, .film:
        hashes.append(PerceptualHash(using: &generator))
      }
    }
    return hashes
  }
}

extension PerceptualHash {
  fileprivate init(using generator: inout SeededGenerator) {
    self.init(words: (generator.next(), generator.next(), generator.next(), generator.next()))
  }

  /// Returns a hash that differs in a random number of bits.
  fileprivate func changed(_ counts: ClosedRange<Int>, using generator: inout SeededGenerator) -> PerceptualHash {
    var bits: Set<Int> = []
    let count = Int.random(in: counts, using: &generator)
    while bits.count < count { bits.insert(Int.random(in: 1...255, using: &generator)) }
    return flipping(bits)
  }
}
