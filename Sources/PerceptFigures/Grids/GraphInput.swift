import PerceptDatasets
import PerceptFeatures
import PerceptImages

/// What the graphs of forward and backward propagation have in common: the input X, colors, and the legend.
struct GraphInput: Hashable {
  let count: Int
  let extractor: FeatureExtractor
  let image: Image?

  static let forward = Role.series(0)
  static let backward = Role.accent

  var noun: String { extractor == .pixels ? "pixels" : "features" }

  /// The image, or an empty square, with its center at `middle`.
  func shapes(middle: Double) -> [Shape] {
    let box = Box(x: 30, y: middle - 55, width: 110, height: 110)
    let first: Shape =
      image.map { .image($0, Self.fitted($0, in: box), alt: "the input image") }
      ?? .rectangle(box, .panel, radius: 6)
    return [
      first, .outline(box, .muted),
      .text("X", Point(85, middle - 65), .ink, size: 15, anchor: .middle, isBold: true),
      .text("\(grouped(count)) \(noun)", Point(85, middle + 75), .muted, size: 12, anchor: .middle),
      .text("each from 0 to 1", Point(85, middle + 91), .muted, size: 12, anchor: .middle),
    ]
  }

  static func legend(y: Double, middle: Double) -> [Shape] {
    [
      .arrow(Point(middle - 250, y), Point(middle - 210, y), forward),
      .text("forward: prediction and cost", Point(middle - 200, y + 4), .ink, size: 13),
      .arrow(Point(middle + 80, y), Point(middle + 40, y), backward),
      .text("backward: gradients of W and b", Point(middle + 90, y + 4), .ink, size: 13),
    ]
  }

  /// A name of at most `count` characters.
  static func fitted(_ name: String, _ count: Int) -> String {
    name.count <= count ? name : name.prefix(count - 1) + "…"
  }

  private static func fitted(_ image: Image, in box: Box) -> Box {
    let scale = min(box.width / Double(image.width), box.height / Double(image.height))
    let (width, height) = (Double(image.width) * scale, Double(image.height) * scale)
    return Box(x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width: width, height: height)
  }
}
