package import PerceptDatasets

/// An image of the validation or test split that also occurs in an earlier split, or belongs to the same group as an
/// image there. Leaks make an accuracy too high.
package struct Leak: Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    /// They are duplicates or near-duplicates.
    case sameImage(Duplicates.Likeness)
    /// They belong to the same group, which has this name.
    case sameGroup(String)
  }

  package let example: Example
  package let split: Split
  /// The first matching image in an earlier split.
  package let other: Example
  package let reason: Reason
}

extension Leak {
  /// Finds the images that match an image in an earlier split, in the order of the splits and their rows. `splits` are
  /// in the order training, validation, test, and `duplicates` are those among their datasets, in this order. Without
  /// `group`, such as the person shown, compares duplicates only.
  package static func all(
    between splits: [(split: Split, dataset: Dataset)], duplicates: Duplicates,
    groupedBy group: ((Example) -> String)? = nil
  ) -> [Leak] {
    var reasons: [[Int: Leak]] = Array(repeating: [:], count: splits.count)
    if let group {
      var first: [String: (place: Int, example: Example)] = [:]
      for (place, entry) in splits.enumerated() {
        for (row, example) in entry.dataset.examples.enumerated() {
          let name = group(example)
          guard let other = first[name] else {
            first[name] = (place, example)
            continue
          }
          guard other.place < place else { continue }
          reasons[place][row] = Leak(
            example: example, split: entry.split, other: other.example, reason: .sameGroup(name))
        }
      }
    }
    // Duplicates come last, so that they take precedence over images of the same group.
    for same in duplicates.groups {
      guard let other = same.images.first else { continue }
      for image in same.images where image.dataset > other.dataset {
        reasons[image.dataset][image.row] = Leak(
          example: image.example, split: splits[image.dataset].split, other: other.example,
          reason: .sameImage(same.likeness))
      }
    }
    return reasons.flatMap { leaks in leaks.sorted { $0.key < $1.key }.map(\.value) }
  }
}

extension DatasetSplits {
  package mutating func drop(_ leaks: [Leak]) {
    let files = Dictionary(grouping: leaks, by: \.split).mapValues { Set($0.map(\.example.file)) }
    drop { split, example in files[split]?.contains(example.file) ?? false }
  }
}
