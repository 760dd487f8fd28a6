public import PerceptDatasets

/// A picture that judges a model which has learned from the same picture, or from another of its group.
public struct Leak: Sendable, Hashable {
  /// What it has in common with the other.
  public enum Reason: Sendable, Hashable {
    /// They are the same picture.
    case sameImage(Duplicates.Likeness)
    /// They are of the same group, which has this name.
    case sameGroup(String)
  }

  /// The picture.
  public let example: Example
  /// The part that it should not be in.
  public let split: Split
  /// The first of those like it that are learned from, or by which settings are chosen.
  public let other: Example
  /// What they have in common.
  public let reason: Reason
}

extension Leak {
  /// The leaks between parts of data.
  ///
  /// - Parameters:
  ///   - splits: what is learned from first, what judges last; each of the parts after it must not have what those before it have.
  ///   - duplicates: the same pictures among these datasets, in this order.
  ///   - group: what examples have in common that must not stand on both sides; nil where each stands for itself.
  /// - Returns: a leak for each picture of a later part, in the order of the parts and their rows.
  public static func all(
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
    // Said last, so that it is what is said of pictures that are both.
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
  /// Leaves leaks out of the splits that evaluate.
  package mutating func drop(_ leaks: [Leak]) {
    let files = Dictionary(grouping: leaks, by: \.split).mapValues { Set($0.map(\.example.file)) }
    drop { split, example in files[split]?.contains(example.file) ?? false }
  }
}
