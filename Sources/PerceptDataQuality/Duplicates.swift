package import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import Synchronization

/// Duplicates and near-duplicates among the images of one or more datasets, found by comparing files, pixels,
/// ``PerceptualHash`` values, and ``ColorLayout`` values. Matches are transitive: a group contains all images that are
/// connected by matching pairs. No pair is missed; ``HashGrouping`` says in which time.
package struct Duplicates: Sendable {
  /// An image and its position in the datasets.
  package struct Member: Sendable, Hashable {
    /// The index of its dataset among the compared datasets.
    package let dataset: Int
    package let row: Int
    package let example: Example
  }

  /// How closely the images of a group match.
  package enum Likeness: String, Sendable, CaseIterable {
    /// The files are identical, byte for byte.
    case file
    /// The features are identical.
    case pixels
    /// The perceptual hashes are near each other and the colors match, as after saving an image again at another
    /// quality or size. In gray datasets, the colors of the files are unknown.
    case near
  }

  /// Two or more images that match.
  package struct Group: Sendable, Hashable {
    /// The images, in the order of the datasets and their rows.
    package let images: [Member]
    /// The weakest match in the group.
    package let likeness: Likeness

    package var isContradictory: Bool { Set(images.map(\.example.label)).count > 1 }
  }

  /// The groups, in the order of their first images.
  package let groups: [Group]
  /// Whether pixels and perceptual hashes were compared. For images with a side below ``PerceptualHash/smallestSide``,
  /// only files are compared.
  package let includesNear: Bool

  package init(in dataset: Dataset) {
    self.init(among: [dataset])
  }

  /// Finds the duplicates among datasets with the same preprocessing, such as a training and a test split. Collective if
  /// they are divided among ranks; all ranks find the same.
  package init(among datasets: [Dataset]) {
    let datasets = datasets.map(\.images)
    let images = datasets.enumerated().flatMap { place, dataset in
      dataset.examples.enumerated().map { Member(dataset: place, row: $0.offset, example: $0.element) }
    }
    let size = datasets.first?.preprocessing.size ?? ImageSize(1)
    includesNear = min(size.width, size.height) >= PerceptualHash.smallestSide
    var copies = Self.copies(among: images, of: datasets)
    // With only a few pixels, images that show different things often have identical features.
    if !includesNear { copies = copies.flatMap { $0.count > 1 ? Self.sameFiles(in: $0, of: images) : [$0] } }
    let firsts = includesNear ? Self.nearGroups(of: copies.map { images[$0[0]] }, of: datasets) : Array(copies.indices)
    let together = Dictionary(grouping: copies.indices) { firsts[$0] }
    groups = together.values.compactMap { members -> (first: Int, group: Group)? in
      let indices = members.flatMap { copies[$0] }.sorted()
      guard indices.count > 1 else { return nil }
      let same = indices.map { images[$0] }
      let likeness: Likeness = members.count > 1 ? .near : Self.haveSameFile(same) ? .file : .pixels
      return (indices[0], Group(images: same, likeness: likeness))
    }.sorted { $0.first < $1.first }.map(\.group)
  }

  /// Returns the name of the group of an example, such that a grouped split keeps all copies of an image together.
  /// Groups of `group` are merged if they contain copies of the same image; without it, an image without copies is its
  /// own group.
  package func group(joining group: ((Example) -> String)? = nil) -> (Example) -> String {
    let own: (Example) -> String = { group?($0) ?? $0.file }
    var leaders: [String: String] = [:]
    func leader(of name: String) -> String {
      var name = name
      while let next = leaders[name] {
        if let last = leaders[next] { leaders[name] = last }  // so that chains stay short
        name = next
      }
      return name
    }
    for copies in groups {
      let first = leader(of: own(copies.images[0].example))
      for image in copies.images.dropFirst() {
        let other = leader(of: own(image.example))
        if other != first { leaders[other] = first }
      }
    }
    return { leader(of: own($0)) }
  }

  /// The groups whose images have different labels.
  package var contradictions: [Group] { groups.filter(\.isContradictory) }

  /// Returns lists of the indices of images with identical features, in the order of their first images. An image
  /// without copies has a list of its own.
  private static func copies(among images: [Member], of datasets: [Dataset]) -> [[Int]] {
    let sums = words(of: images, in: datasets, width: 1) { dataset, row in
      dataset.withFeatures(of: row) { features in
        var sum = Fingerprint()
        sum.add(UnsafeRawBufferPointer(features))
        return [sum.state]
      }
    }.map { $0[0] }
    var copies: [[Int]] = []
    var known: [UInt64: [Int]] = [:]
    for (index, image) in images.enumerated() {
      let candidates = known[sums[index]] ?? []
      if let place = candidates.first(where: { haveSameFeatures(image, images[copies[$0][0]], of: datasets) }) {
        copies[place].append(index)
      } else {
        known[sums[index], default: []].append(copies.count)
        copies.append([index])
      }
    }
    return copies
  }

  /// Returns words for each image, computed by the ranks that have the images. The images are in the order of the datasets.
  private static func words(
    of images: [Member], in datasets: [Dataset], width: Int, _ words: @Sendable (Dataset, Int) -> [UInt64]
  ) -> [[UInt64]] {
    let rows = Dictionary(grouping: images, by: \.dataset)
    return datasets.indices.flatMap { place in
      datasets[place].map((rows[place] ?? []).map(\.row), width: width) { rows in
        rows.map { words(datasets[place], $0) }
      }
    }
  }

  /// Compares the features of images with equal fingerprints. Of divided data, equal fingerprints are enough.
  private static func haveSameFeatures(_ a: Member, _ b: Member, of datasets: [Dataset]) -> Bool {
    guard datasets[a.dataset].cluster == nil, datasets[b.dataset].cluster == nil else { return true }
    return datasets[a.dataset].withFeatures(of: a.row) { first in
      datasets[b.dataset].withFeatures(of: b.row) { first.elementsEqual($0) }
    }
  }

  /// Divides images with identical features into lists of those whose files are identical, byte for byte.
  private static func sameFiles(in places: [Int], of images: [Member]) -> [[Int]] {
    var files: [[Int]] = []
    var known: [String: [Int]] = [:]
    for place in places {
      var sum = Fingerprint()
      (try? FileSystem.read(images[place].example.file))?.withUnsafeBytes { sum.add($0) }
      let candidates = known[sum.text] ?? []
      if let index = candidates.first(where: { haveSameFile([images[place], images[files[$0][0]]]) }) {
        files[index].append(place)
      } else {
        // An image that is not a file of its own, such as one in an IDX file, matches no other image.
        if FileSystem.kind(of: images[place].example.file) == .file {
          known[sum.text, default: []].append(files.count)
        }
        files.append([place])
      }
    }
    return files
  }

  private static func haveSameFile(_ images: [Member]) -> Bool {
    guard let size = try? FileSystem.size(of: images[0].example.file),
      images.allSatisfy({ (try? FileSystem.size(of: $0.example.file)) == size }),
      let bytes = try? FileSystem.read(images[0].example.file)
    else { return false }  // such as images in an IDX file
    return images.dropFirst().allSatisfy { (try? FileSystem.read($0.example.file)) == bytes }
  }

  /// Returns, for each image, the smallest index of an image in its group of near-duplicates.
  private static func nearGroups(of images: [Member], of datasets: [Dataset]) -> [Int] {
    let hashes = words(of: images, in: datasets, width: 5) { dataset, row in
      let hash = dataset.withFeatures(of: row) { PerceptualHash(of: $0, preprocessing: dataset.preprocessing) }
      return hash.map { [1, $0.words.0, $0.words.1, $0.words.2, $0.words.3] } ?? [0, 0, 0, 0, 0]
    }.map { words in
      words[0] == 0 ? nil : PerceptualHash(words: (words[1], words[2], words[3], words[4]))
    }
    let known = datasets.contains { $0.cluster != nil } ? layouts(of: images, hashes, in: datasets) : [:]
    let layouts = ColorLayouts(known) { index in
      let dataset = datasets[images[index].dataset]
      return dataset.withFeatures(of: images[index].row) { ColorLayout(of: $0, preprocessing: dataset.preprocessing) }
    }
    return HashGrouping.groups(of: hashes) { layouts[$0].matches(layouts[$1]) }
  }

  /// Returns the layouts of all images whose hashes are near that of another image, by index. Ranks do not have the images
  /// of other ranks, so all layouts are computed in advance.
  private static func layouts(
    of images: [Member], _ hashes: [PerceptualHash?], in datasets: [Dataset]
  ) -> [Int: ColorLayout] {
    let places = HashGrouping.groups(of: hashes) { _, _ in true }
    var sizes: [Int: Int] = [:]
    for place in places { sizes[place, default: 0] += 1 }
    let near = images.indices.filter { sizes[places[$0], default: 0] > 1 }
    let layouts = words(of: near.map { images[$0] }, in: datasets, width: ColorLayout.wordCount) { dataset, row in
      dataset.withFeatures(of: row) { ColorLayout(of: $0, preprocessing: dataset.preprocessing).words }
    }
    return Dictionary(uniqueKeysWithValues: zip(near, layouts.map(ColorLayout.init(words:))))
  }
}

/// The layouts of the few images that others are near to, computed when they are needed.
private final class ColorLayouts: Sendable {
  private let known: Mutex<[Int: ColorLayout]>
  private let layout: @Sendable (Int) -> ColorLayout

  init(_ known: [Int: ColorLayout], _ layout: @escaping @Sendable (Int) -> ColorLayout) {
    self.known = Mutex(known)
    self.layout = layout
  }

  subscript(index: Int) -> ColorLayout {
    if let layout = known.withLock({ $0[index] }) { return layout }
    let layout = self.layout(index)
    known.withLock { $0[index] = layout }
    return layout
  }
}
