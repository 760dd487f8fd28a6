import PerceptDatasets
package import PerceptImages
import PerceptLinearAlgebra

/// A way to remove most of the information in an image, to test whether what remains suffices to predict its class.
package enum InputAblation: String, Sendable, Hashable, Codable, CaseIterable {
  /// Keeps an eighth of the shorter side along each edge, which shows mainly background, and makes the middle black.
  case border
  /// Replaces every pixel with the mean color of the image.
  case meanColor
  /// Shuffles the pixels: the colors remain, but not their positions.
  case shuffledPixels
  /// Reduces the image to 8 x 8 pixels and enlarges it again.
  case coarsePixels

  /// What remains of an image, such as "the border".
  package func name(_ color: ColorMode) -> String {
    switch self {
    case .border: "the border"
    case .meanColor: color == .gray ? "the mean brightness" : "the mean color"
    case .shuffledPixels: "shuffled pixels"
    case .coarsePixels: "8 x 8 pixels"
    }
  }

  /// Returns an image of the same size and color mode. `seed` is the seed for ``shuffledPixels``.
  package func image(of image: Image, seed: UInt64 = 0) -> Image {
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
    let mean = image.meanColor
    let pixels = (0..<image.width * image.height).flatMap { _ in mean }
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
