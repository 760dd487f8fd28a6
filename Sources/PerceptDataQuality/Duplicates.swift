public import PerceptDatasets
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra

/// Which pictures of some datasets are the same picture, told from their files, their pixels and their ``PerceptualHash``.
///
/// Every pair of different pictures is compared, on all cores; 70,000 pictures take seconds. What is the same as the same is the
/// same: a group holds all pictures that are linked by such pairs.
public struct Duplicates: Sendable {
  /// A picture, and where it stands.
  public struct Member: Sendable, Hashable {
    /// The place of its dataset among those that were compared.
    public let dataset: Int
    /// Its row in that dataset.
    public let row: Int
    /// Its file and its label.
    public let example: Example
  }

  /// How alike the pictures of a group are.
  public enum Likeness: String, Sendable, CaseIterable {
    /// The files are the same, byte for byte.
    case file
    /// The features are the same.
    case pixels
    /// At least two were saved anew, at another quality or size, or differ as little as that.
    case near
  }

  /// Two or more pictures that are the same.
  public struct Group: Sendable, Hashable {
    /// The pictures, in the order of the datasets and their rows.
    public let images: [Member]
    /// How alike they are: of all pairs the least.
    public let likeness: Likeness

    /// Whether their labels contradict each other.
    public var isContradictory: Bool { Set(images.map(\.example.label)).count > 1 }
  }

  /// The groups, in the order of their first pictures.
  public let groups: [Group]
  /// Whether pixels were compared; with sides below ``PerceptualHash/smallestSide`` only files are.
  public let includesNear: Bool

  /// Compares all pictures of one dataset.
  public init(in dataset: Dataset) {
    self.init(among: [dataset])
  }

  /// Compares all pictures of datasets of one preprocessing, such as a training and a test part.
  public init(among datasets: [Dataset]) {
    let images = datasets.enumerated().flatMap { place, dataset in
      dataset.examples.enumerated().map { Member(dataset: place, row: $0.offset, example: $0.element) }
    }
    let size = datasets.first?.preprocessing.size ?? ImageSize(1)
    includesNear = min(size.width, size.height) >= PerceptualHash.smallestSide
    var copies = Self.copies(among: images, of: datasets)
    // Of a few pixels many are the same that show different things.
    if !includesNear { copies = copies.flatMap { $0.count > 1 ? Self.sameFiles(in: $0, of: images) : [$0] } }
    let links = DisjointSets(count: copies.count)
    if includesNear {
      let hashes = Self.hashes(of: copies.map { images[$0[0]] }, of: datasets)
      links.linkNear(hashes)
    }
    var together: [Int: [Int]] = [:]
    for index in copies.indices { together[links.root(of: index), default: []].append(index) }
    groups = together.values.compactMap { members -> (first: Int, group: Group)? in
      let indices = members.flatMap { copies[$0] }.sorted()
      guard indices.count > 1 else { return nil }
      let same = indices.map { images[$0] }
      let likeness: Likeness = members.count > 1 ? .near : Self.haveSameFile(same) ? .file : .pixels
      return (indices[0], Group(images: same, likeness: likeness))
    }.sorted { $0.first < $1.first }.map(\.group)
  }

  /// What puts the copies of a picture into one group, so that they stay on one side.
  ///
  /// - Parameter group: what puts pictures into groups besides; groups with copies of one picture become one. Without it, and without
  ///   a copy, every picture stands for itself.
  /// - Returns: the name of a picture's group.
  public func group(joining group: ((Example) -> String)? = nil) -> (Example) -> String {
    let own: (Example) -> String = { group?($0) ?? $0.file }
    var leaders: [String: String] = [:]
    func leader(of name: String) -> String {
      var name = name
      while let next = leaders[name] { name = next }
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

  /// The groups in which there are pictures with labels that contradict each other.
  public var contradictions: [Group] { groups.filter(\.isContradictory) }

  /// The places of the pictures with the same features, as lists, in the order of the first.
  private static func copies(among images: [Member], of datasets: [Dataset]) -> [[Int]] {
    let sums = parallelMap(images) { image in
      datasets[image.dataset].withFeatures(of: image.row) { features in
        var sum = Fingerprint()
        sum.add(UnsafeRawBufferPointer(features))
        return sum.text
      }
    }
    var copies: [[Int]] = []
    var known: [String: [Int]] = [:]
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

  private static func haveSameFeatures(_ a: Member, _ b: Member, of datasets: [Dataset]) -> Bool {
    datasets[a.dataset].withFeatures(of: a.row) { first in
      datasets[b.dataset].withFeatures(of: b.row) { first.elementsEqual($0) }
    }
  }

  /// Places of pictures with the same features as lists of those whose files are the same, byte for byte.
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
        // What cannot be read as a file, as pictures of an IDX file, is the same as nothing.
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
    else { return false }  // as for pictures of an IDX file
    return images.dropFirst().allSatisfy { (try? FileSystem.read($0.example.file)) == bytes }
  }

  private static func hashes(of images: [Member], of datasets: [Dataset]) -> [(index: Int, hash: PerceptualHash)] {
    let hashes = parallelMap(images) { image in
      let dataset = datasets[image.dataset]
      return dataset.withFeatures(of: image.row) { PerceptualHash(of: $0, preprocessing: dataset.preprocessing) }
    }
    return hashes.enumerated().compactMap { index, hash in hash.map { (index, $0) } }
  }
}
