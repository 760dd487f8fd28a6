import PerceptDatasets
public import PerceptImages
import PerceptLinearAlgebra

/// What can be left of a picture that a class could be told by without looking closely.
public enum InputAblation: String, Sendable, Hashable, Codable, CaseIterable {
  /// An eighth of the picture along each side, where background, edges, hair or clothes are; the middle is black.
  case border
  /// The picture's mean colour everywhere.
  case meanColor
  /// The same pixels, in random places: which colours there are, not where.
  case shuffledPixels
  /// 8 x 8 pixels.
  case coarsePixels

  /// What it is called in a sentence, for pictures of a colour mode.
  public func name(_ color: ColorMode) -> String {
    switch self {
    case .border: "the border"
    case .meanColor: color == .gray ? "the mean brightness" : "the mean colour"
    case .shuffledPixels: "shuffled pixels"
    case .coarsePixels: "8 x 8 pixels"
    }
  }

  /// A picture of which only this is left, of the same size.
  ///
  /// - Parameters:
  ///   - image: the picture.
  ///   - seed: what random places start from.
  /// - Returns: a picture of its size and colour mode.
  public func image(of image: Image, seed: UInt64 = 0) -> Image {
    switch self {
    case .border: Self.border(of: image)
    case .meanColor: Self.mean(of: image)
    case .shuffledPixels: Self.shuffled(image, seed: seed)
    case .coarsePixels: image.resized(to: ImageSize(8)).resized(to: image.size)
    }
  }

  private static func border(of image: Image) -> Image {
    let (width, height, channels) = (image.width, image.height, image.color.channelCount)
    let rim = max(1, min(width, height) / 8)
    var pixels = image.pixels
    guard width > 2 * rim, height > 2 * rim else { return image }
    for y in rim..<height - rim {
      let row = y * width
      for sample in (row + rim) * channels..<(row + width - rim) * channels { pixels[sample] = 0 }
    }
    return Image(width: width, height: height, color: image.color, pixels: pixels)
  }

  private static func mean(of image: Image) -> Image {
    let (channels, count) = (image.color.channelCount, image.width * image.height)
    var sums = Array(repeating: 0, count: channels)
    for (index, sample) in image.pixels.enumerated() { sums[index % channels] += Int(sample) }
    let mean = sums.map { UInt8(($0 + count / 2) / count) }
    let pixels = (0..<count).flatMap { _ in mean }
    return Image(width: image.width, height: image.height, color: image.color, pixels: pixels)
  }

  private static func shuffled(_ image: Image, seed: UInt64) -> Image {
    var generator = SeededGenerator(seed: seed)
    let channels = image.color.channelCount
    let places = (0..<image.width * image.height).shuffled(using: &generator)
    let pixels = places.flatMap { image.pixels[$0 * channels..<($0 + 1) * channels] }
    return Image(width: image.width, height: image.height, color: image.color, pixels: pixels)
  }
}
