import PerceptFeatures
import PerceptImages
import PerceptInterpretation
import PerceptLinearAlgebra
import PerceptModels

/// What an extractor looks at in one image: its pixels, the directions of its edges, or the positions of a backbone.
struct FeatureView {
  let image: Image

  /// Throws `FeatureError` if a backbone fails.
  init(_ prepared: PreparedImage, _ preprocessing: Preprocessing) throws(FeatureError) {
    switch preprocessing.extractor {
    case .pixels: image = prepared.image
    case .hog: image = Self.edges(prepared, preprocessing)
    case .backbone: image = Self.grid(over: prepared.image, try preprocessing.featureMap(of: prepared).size)
    }
  }

  /// The edges as lines, drawn as the weights of a neuron that are the features themselves.
  private static func edges(_ prepared: PreparedImage, _ preprocessing: Preprocessing) -> Image {
    let neuron = Network(layers: [
      DenseLayer(
        weights: Matrix(rows: 1, columns: prepared.features.count, elements: prepared.features.map { Double($0) }),
        bias: [0], activation: .sigmoid)
    ])
    let classifier = Classifier(
      network: neuron, classNames: ["0", "1"], preprocessing: preprocessing, record: TrainingRecord())
    let lines = WeightsImage(of: classifier)
    return Image(glowing: lines.mean.map { Float($0) }, size: lines.size, limit: Float(lines.limit))
  }

  /// Whether a pixel is the first of another one of `count` positions.
  private static func isEdge(_ at: Int, of length: Int, _ count: Int) -> Bool {
    at > 0 && at * count / length != (at - 1) * count / length
  }

  /// The image with lines between the positions of a backbone.
  private static func grid(over image: Image, _ positions: ImageSize) -> Image {
    let shown = image.resized(to: image.size.limited(toSide: 200)).converted(to: .rgb)
    var pixels = shown.pixels
    for y in 0..<shown.height {
      for x in 0..<shown.width {
        guard isEdge(x, of: shown.width, positions.width) || isEdge(y, of: shown.height, positions.height) else {
          continue
        }
        let start = 3 * (y * shown.width + x)
        for channel in 0..<3 { pixels[start + channel] = 255 }
      }
    }
    return Image(width: shown.width, height: shown.height, color: .rgb, pixels: pixels)
  }
}
