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
    let pictures = exploration.pictures
    let missed = pictures.count - (exploration.classCounts().max() ?? 0)
    return Property.allCases.compactMap { property in
      let correct = correct(pictures, by: property, classes: exploration.classNames.count)
      let wrong = pictures.count - correct
      guard pictures.count >= 10, 2 * wrong < missed, 5 * wrong <= pictures.count else { return nil }
      let values = exploration.classNames.indices.map { label in
        mostFrequent(pictures.filter { $0.example.label == label }.map(property.value)) ?? "nothing"
      }
      // Where it says nothing of most classes, only their names would be misleading.
      guard Set(values).count > 1 else { return nil }
      return ShortcutFeature(property: property, correct: correct, count: pictures.count, values: values)
    }
  }

  private static func correct(_ pictures: [Exploration.Picture], by property: Property, classes: Int) -> Int {
    var counts: [String: [Int]] = [:]
    for picture in pictures {
      counts[property.value(of: picture), default: Array(repeating: 0, count: classes)][picture.example.label] += 1
    }
    return pictures.count { picture in
      guard var others = counts[property.value(of: picture)] else { return false }
      let label = picture.example.label
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
  fileprivate func value(of picture: Exploration.Picture) -> String {
    switch self {
    case .format: picture.format
    case .color: picture.color == .rgb ? "colour" : "gray"
    case .size: picture.size.description
    }
  }
}
