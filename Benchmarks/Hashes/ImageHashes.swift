import PerceptDatasets
import PerceptFeatures
import PerceptLinearAlgebra

/// The hashes of images, and their colors if they are images of files.
struct ImageHashes: Sendable {
  let hashes: [PerceptualHash?]
  private let layouts: [ColorLayout]?

  /// Hashes the images of some data.
  init(dataPath path: String) throws {
    let dataset = try Dataset(DataSource(path)).images
    hashes = parallelMap(dataset.examples.indices) { row in
      dataset.withFeatures(of: row) { PerceptualHash(of: $0, preprocessing: dataset.preprocessing) }
    }
    layouts = parallelMap(dataset.examples.indices) { row in
      dataset.withFeatures(of: row) { ColorLayout(of: $0, preprocessing: dataset.preprocessing) }
    }
  }

  /// Makes hashes of images that all have matching colors.
  init(_ hashes: [PerceptualHash]) {
    (self.hashes, layouts) = (hashes, nil)
  }

  /// The groups of near-duplicates.
  func groups() -> [Int] {
    guard let layouts else { return HashGrouping.groups(of: hashes) { _, _ in true } }
    return HashGrouping.groups(of: hashes) { layouts[$0].matches(layouts[$1]) }
  }

  /// The same, found by comparing all pairs.
  func groupsOfAllPairs() -> [Int] {
    let matches = parallelMap(hashes.indices) { first in
      guard let hash = hashes[first] else { return [Int]() }
      return (first + 1..<max(first + 1, hashes.count)).filter { second in
        guard let other = hashes[second], hash.isNear(other) else { return false }
        return layouts?[first].matches(layouts?[second]) ?? true
      }
    }
  }
}
