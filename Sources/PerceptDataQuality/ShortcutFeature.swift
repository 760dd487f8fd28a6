public import PerceptDatasets
import PerceptImages

/// Something about picture files, not about what they show, that alone tells the classes apart: a model may learn it instead.
public struct ShortcutFeature: Sendable, Hashable {
  /// What about the files.
  public enum Property: String, Sendable, CaseIterable {
    /// JPEG, PNG, …
    case format
    /// Colour or gray.
    case color
    /// Width and height.
    case size
  }

  /// The property.
  public let property: Property
  /// How many pictures have the class that most *other* pictures with the same value have.
  public let correct: Int
  /// How many pictures there are.
  public let count: Int
  /// The most frequent value of each class.
  public let values: [String]
}

extension ShortcutFeature {
  /// The properties that tell classes apart: where each picture is given the class that most others with the same value have,
  /// fewer than half as many are wrong as where all are given the most frequent class, and at most a fifth.
  ///
  /// - Parameter exploration: what the files are like.
  /// - Returns: at most one for each property.
  public static func all(in exploration: Exploration) -> [ShortcutFeature] {
    let images = exploration.images
    let missed = images.count - (exploration.classCounts().max() ?? 0)
    return Property.allCases.compactMap { property in
      let correct = correct(images, by: property, classes: exploration.classNames.count)
      let wrong = images.count - correct
      guard images.count >= 10, 2 * wrong < missed, 5 * wrong <= images.count else { return nil }
      let values = exploration.classNames.indices.map { label in
        mostFrequent(images.filter { $0.example.label == label }.map(property.value)) ?? "nothing"
      }
      // Where it says nothing of most classes, only their names would be misleading.
      guard Set(values).count > 1 else { return nil }
      return ShortcutFeature(property: property, correct: correct, count: images.count, values: values)
    }
  }

  private static func correct(_ images: [Exploration.ImageInfo], by property: Property, classes: Int) -> Int {
    var counts: [String: [Int]] = [:]
    for image in images {
      counts[property.value(of: image), default: Array(repeating: 0, count: classes)][image.example.label] += 1
    }
    return images.count { image in
      guard var others = counts[property.value(of: image)] else { return false }
      let label = image.example.label
      others[label] -= 1
      return others[label] > 0 && others.indices.allSatisfy { $0 == label || others[$0] < others[label] }
    }
  }

  private static func mostFrequent(_ values: [String]) -> String? {
    let counts = values.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
  }
}

extension ShortcutFeature.Property {
  fileprivate func value(of image: Exploration.ImageInfo) -> String {
    switch self {
    case .format: image.format
    case .color: image.color == .rgb ? "colour" : "gray"
    case .size: image.size.description
    }
  }
}
