import PerceptLinearAlgebra

/// The images that a model was trained and validated on, by their keys (see ``Dataset/key(of:)``).
public struct SeenImages: Sendable, Hashable {
  /// The keys of the training images in ascending order, one for each image.
  public private(set) var training: [UInt32]
  /// The keys of the validation images in ascending order, one for each image.
  public private(set) var validation: [UInt32]

  /// Creates a set from the keys of images. O(n log n) for n keys.
  ///
  /// - Parameters:
  ///   - training: the keys of the training images, in any order.
  ///   - validation: the keys of the validation images, in any order.
  public init(training: [UInt32], validation: [UInt32] = []) {
    self.training = training.sorted()
    self.validation = validation.sorted()
  }

  /// Creates the set of the images of a training split and, if any, of a validation split.
  public init(training: Dataset, validation: Dataset? = nil) {
    func keys(_ dataset: Dataset) -> [UInt32] { dataset.examples.indices.map(dataset.key) }
    self.init(training: keys(training), validation: validation.map(keys) ?? [])
  }

  /// The split in which an image with this key was seen; nil if it was not seen. An image of both splits counts as a
  /// training image. O(log n).
  public func split(of key: UInt32) -> Split? {
    Self.contains(training, key) ? .training : Self.contains(validation, key) ? .validation : nil
  }

  /// Returns the images that are in this set, in `other`, or in both.
  public func union(_ other: SeenImages) -> SeenImages {
    SeenImages(
      training: Self.union(training, other.training), validation: Self.union(validation, other.validation))
  }

  private static func contains(_ sorted: [UInt32], _ key: UInt32) -> Bool {
    let index = sorted.indices.partitioningIndex { sorted[$0] >= key }
    return index < sorted.count && sorted[index] == key
  }

  /// Merges sorted lists. A key that occurs m times in one list and n times in the other occurs max(m, n) times.
  private static func union(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(a.count + b.count)
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      result.append(min(a[i], b[j]))
      if a[i] == b[j] { (i, j) = (i + 1, j + 1) } else if a[i] < b[j] { i += 1 } else { j += 1 }
    }
    return result + a[i...] + b[j...]
  }
}

extension Dataset {
  /// Returns the examples that a model was trained on, in the order of this dataset: for each key, at most as many as the
  /// set has.
  package func trainingImages(of seen: SeenImages) -> Dataset {
    var missing: [UInt32: Int] = [:]
    for key in seen.training { missing[key, default: 0] += 1 }
    let rows = examples.indices.filter { row in
      guard let count = missing[key(of: row)], count > 0 else { return false }
      missing[key(of: row)] = count - 1
      return true
    }
    return subset(rows)
  }

  /// Returns the split in which the image of each example was seen; nil for images that are not in a set of seen images.
  package func splits(in seen: SeenImages) -> [Split?] { examples.indices.map { seen.split(of: key(of: $0)) } }

  /// Divides the examples by whether their images are in a set of seen images, each part in the order of this dataset.
  package func partition(by seen: SeenImages) -> (unseen: Dataset, seen: Dataset) {
    let splits = splits(in: seen)
    return (subset(splits.indices.filter { splits[$0] == nil }), subset(splits.indices.filter { splits[$0] != nil }))
  }
}
