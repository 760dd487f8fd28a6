package import PerceptDatasets
package import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra

/// An image that differs from the others in a way that is rarely intended.
package struct Outlier: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    /// All pixels are nearly the same.
    case blank
    /// Nearly black: fewer than 2 % of the pixels have a level of 50 or more of 255, and the median of the images' mean
    /// levels is 60 or more.
    case dark
    /// The sharpness, at the size of the features, is less than a tenth of the median.
    case blurred
    /// The shorter side has fewer than 32 pixels, and the median of the shorter sides is at least 64.
    case tiny
    /// One side is more than 3 times as long as the other, and the median aspect ratio is at most 3.
    case elongated
    /// Gray, while at least 90 % of the images that are not blank are in color.
    case gray
  }

  package let example: Example
  package let kind: Kind
}

extension Outlier.Kind {
  /// What is unusual and what to do about it, as a continuation of "These images are …". Not every extractor has the choices
  /// that pixels have.
  package func advice(for extractor: FeatureExtractor) -> String {
    switch self {
    case .blank: "blank, with nothing to learn from; remove blank images"
    case .dark: "nearly black; remove images whose content cannot be recognized"
    case .blurred: "much blurrier than the others; replace such images unless new images will be as blurry"
    case .tiny: "tiny, and blurry when enlarged; replace such images with larger versions if possible"
    case .elongated: "long and narrow, so cropping removes most of the content; pad images instead of cropping them"
    case .gray where extractor.backbone != nil:
      "gray among color images; gray images are used as they are, but check that they are not all of one class"
    case .gray:
      "gray among color images; remove such images, or convert all images to gray if new images are often gray"
    }
  }
}

extension Outlier {
  /// Finds the outliers, in the order of ``Kind`` and then of the dataset. `images` are the image files, `dataset` has
  /// the same images. An image can be of several kinds, but a blank image is only ``Kind/blank``.
  package static func all(in images: [Exploration.ImageInfo], of dataset: Dataset) -> [Outlier] {
    let appearances = dataset.images.appearances()
    let sizes = Dictionary(images.map { ($0.example.file, $0.size) }) { first, _ in first }
    let shown = appearances.filter { !$0.isBlank }
    guard !shown.isEmpty else { return dataset.examples.map { Outlier(example: $0, kind: .blank) } }
    let sharpness = median(shown.map(\.sharpness))
    let shortest = median(images.map { Double(min($0.size.width, $0.size.height)) })
    let isLong = median(images.map { aspect(of: $0.size) }) > 3
    let lightness = median(shown.map(\.mean))
    let inColor = shown.count { !$0.isGray }
    func holds(_ kind: Kind, _ appearance: Appearance, _ size: ImageSize?) -> Bool {
      switch kind {
      case .blank: appearance.isBlank
      case .dark: appearance.isDark && lightness >= 60
      case .blurred: appearance.sharpness < sharpness / 10
      case .tiny: shortest >= 64 && size.map { min($0.width, $0.height) < 32 } ?? false
      case .elongated: !isLong && size.map { aspect(of: $0) > 3 } ?? false
      case .gray: appearance.isGray && inColor * 10 >= shown.count * 9
      }
    }
    return Kind.allCases.flatMap { kind in
      dataset.examples.indices.filter { row in
        (kind == .blank || !appearances[row].isBlank)
          && holds(kind, appearances[row], sizes[dataset.examples[row].file])
      }.map { Outlier(example: dataset.examples[$0], kind: kind) }
    }
  }

  private static func aspect(of size: ImageSize) -> Double {
    Double(max(size.width, size.height)) / Double(max(min(size.width, size.height), 1))
  }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }
}

private struct Appearance: Sendable {
  let mean: Double
  let isDark: Bool
  let isBlank: Bool
  let sharpness: Double
  let isGray: Bool
}

extension Dataset {
  fileprivate func appearances() -> [Appearance] {
    let preprocessing = preprocessing
    return parallelMap(Array(examples.indices)) { row in
      withFeatures(of: row) { features in
        let gray = GrayImage(features, preprocessing: preprocessing)
        let color = preprocessing.color == .gray ? 0 : meanColor(features)
        return Appearance(
          mean: gray.mean, isDark: gray.isDark, isBlank: gray.deviation < GrayImage.smallestDeviation && color < 2,
          sharpness: gray.sharpness, isGray: color < 2)
      }
    }
  }
}

/// Returns the mean over all pixels of the difference between the largest and the smallest channel, in levels.
private func meanColor(_ features: UnsafeBufferPointer<UInt8>) -> Double {
  var sum = 0
  for pixel in stride(from: 0, to: features.count, by: 3) {
    let (red, green, blue) = (features[pixel], features[pixel + 1], features[pixel + 2])
    sum += Int(max(red, green, blue)) - Int(min(red, green, blue))
  }
  return Double(sum) / Double(features.count / 3)
}
