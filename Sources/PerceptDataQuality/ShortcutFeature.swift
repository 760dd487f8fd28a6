package import PerceptDatasets
import PerceptImages

/// A property of the image files, unrelated to what the images show, that predicts the class. A model may learn that
/// property instead of the content.
package struct ShortcutFeature: Sendable, Hashable {
  package enum Property: String, Sendable, CaseIterable {
    /// The file format, such as JPEG or PNG.
    case format
    /// Color or gray.
    case color
    /// The width and height.
    case size
  }

  package let property: Property
  /// The number of images whose class is the most frequent class of the *other* images with the same value.
  package let correct: Int
  package let count: Int
  /// The most frequent value of the property in each class, for display.
  package let values: [String]
}

extension ShortcutFeature {
  /// Predicts the class of each image as the most frequent class of the other images with the same value of a property.
  /// A property is a shortcut feature if there are at least 10 images, at most a fifth of the predictions are wrong,
  /// and fewer than half as many as with always predicting the majority class.
  package static func all(in exploration: Exploration) -> [ShortcutFeature] {
    let images = exploration.images
    let missed = images.count - (exploration.classCounts().max() ?? 0)
    return Property.allCases.compactMap { property in
      let correct = correct(images, by: property, classes: exploration.classNames.count)
      let wrong = images.count - correct
      guard images.count >= 10, 2 * wrong < missed, 5 * wrong <= images.count else { return nil }
      let values = exploration.classNames.indices.map { label in
        mostFrequent(images.filter { $0.example.label == label }.map(property.value)) ?? "none"
      }
      // If all classes have the same most frequent value, listing the values would be misleading.
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
    case .color: image.color == .rgb ? "color" : "gray"
    case .size: image.size.description
    }
  }
}
