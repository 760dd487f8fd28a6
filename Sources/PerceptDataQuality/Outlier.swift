public import PerceptDatasets
import PerceptImages
import PerceptLinearAlgebra

/// A picture that is unlike the others in a way that seldom is meant.
public struct Outlier: Sendable, Hashable {
  /// What is odd about it.
  public enum Kind: String, Sendable, CaseIterable {
    /// It shows nothing: all pixels are alike.
    case blank
    /// It is nearly black: of 50 pixels not even one is as bright as 50 of 255, where most pictures have a mean of 60 or more.
    case dark
    /// It is ten times less sharp than most, at the size of the features.
    case blurred
    /// Its shorter side has fewer than 32 pixels, where most have at least 64.
    case tiny
    /// One side is more than three times the other, where most are not.
    case elongated
    /// It is gray, where at least nine of ten are in colour.
    case gray
  }

  /// The picture.
  public let example: Example
  /// What is odd about it.
  public let kind: Kind
}

extension Outlier.Kind {
  /// What it is and what to do about it, for a list of files.
  public var advice: String {
    switch self {
    case .blank: "blank, with nothing to learn from; leave out what is"
    case .dark: "nearly black; leave out what cannot be made out"
    case .blurred: "much more blurred than the others; replace what new pictures will not be like"
    case .tiny: "tiny, and blurred when enlarged; replace what is to be had larger"
    case .elongated: "long and narrow, and mostly cut off; choose --fit pad"
    case .gray: "gray among pictures in colour; train with --color gray unless new pictures will be mixed so too"
    }
  }
}

extension Outlier {
  /// The odd ones among pictures, kind by kind.
  ///
  /// - Parameters:
  ///   - pictures: what their files are like.
  ///   - dataset: the features of the same pictures.
  /// - Returns: the oddities, in the order of ``Kind`` and then of the dataset; a blank picture is nothing else.
  public static func all(in images: [Exploration.ImageInfo], features dataset: Dataset) -> [Outlier] {
    let appearances = dataset.appearances()
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

/// What a picture's features are like.
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

/// How far the channels of a pixel are apart, in levels, on average.
private func meanColor(_ features: UnsafeBufferPointer<UInt8>) -> Double {
  var sum = 0
  for pixel in stride(from: 0, to: features.count, by: 3) {
    let (red, green, blue) = (features[pixel], features[pixel + 1], features[pixel + 2])
    sum += Int(max(red, green, blue)) - Int(min(red, green, blue))
  }
  return Double(sum) / Double(features.count / 3)
}
