import PerceptFeatures
import PerceptIO
package import PerceptImages
import PerceptLinearAlgebra
package import PerceptModels
import PerceptPlatform

/// The weights of one unit of the first layer, arranged as an image.
///
/// The weights of pixels have the places of the pixels. Those of HOG features are drawn as lines in the direction of the
/// edges, in the cell of each. Those of the features of a backbone, which have no places, are in rows of about the same
/// length.
package struct WeightsImage: Sendable, Hashable {
  package let size: ImageSize
  /// One plane per channel, each with `height x width` weights, row by row.
  package let planes: [[Double]]
  /// The mean over the channels, `height x width` weights.
  package let mean: [Double]

  private init(planes: [[Double]], size: ImageSize) {
    self.size = size
    self.planes = planes
    mean = planes[0].indices.map { pixel in planes.reduce(0) { $0 + $1[pixel] } / Double(planes.count) }
  }

  package init(of classifier: Classifier, unit: Int = 0) {
    let layer = classifier.network.layers[0]
    precondition(layer.bias.indices.contains(unit), "the first layer has no unit \(unit)")
    let inputs = classifier.network.inputs
    let weights = Array(layer.weights.elements[unit * inputs..<(unit + 1) * inputs])
    let preprocessing = classifier.preprocessing
    switch preprocessing.extractor {
    case .pixels:
      let channels = preprocessing.color.channelCount
      let planes = (0..<channels).map { channel in
        stride(from: channel, to: weights.count, by: channels).map { weights[$0] }
      }
      self.init(planes: planes, size: preprocessing.size)
    case .hog: self = Self.lines(preprocessing.edgeWeights(weights))
    case .backbone:
      let size = Self.size(of: weights.count)
      let empty = Array(repeating: 0.0, count: size.width * size.height - weights.count)
      self.init(planes: [weights + empty], size: size)
    }
  }

  /// Returns a size for a number of places, nearly square and without empty places if possible.
  private static func size(of count: Int) -> ImageSize {
    let root = Int(Double(count).squareRoot())
    let height = (max(root / 2, 1)...max(root, 1)).last { count % $0 == 0 } ?? max(root, 1)
    return ImageSize(width: (count + height - 1) / height, height: height)
  }

  /// The side of a cell in the image of the weights of HOG features, in pixels.
  private static let cellSide = 15

  private static func lines(_ edges: EdgeWeights) -> WeightsImage {
    let size = ImageSize(width: edges.cells.width * cellSide, height: edges.cells.height * cellSide)
    let middle = Double(cellSide - 1) / 2
    let count = edges.orientations
    let plane = (0..<size.height).flatMap { y in
      (0..<size.width).map { x in
        let (dx, dy) = (Double(x % cellSide) - middle, Double(y % cellSide) - middle)
        let cell = y / cellSide * edges.cells.width + x / cellSide
        return (0..<count).reduce(0.0) { strongest, orientation in
          // The line is perpendicular to the gradient, whose angle is the middle of the range of the orientation.
          let angle = Double.pi * (Double(orientation) + 0.5) / Double(count)
          let distance = abs(dx * cos(angle) + dy * sin(angle))
          guard dx * dx + dy * dy <= middle * middle else { return strongest }
          let value = edges.weights[cell * count + orientation] * min(max(1.3 - distance, 0), 1)
          return abs(value) > abs(strongest) ? value : strongest
        }
      }
    }
    return WeightsImage(planes: [plane], size: size)
  }

  /// The largest absolute weight, the limit of a color scale that fits every plane and their mean.
  package var limit: Double { planes.joined().reduce(0) { max($0, abs($1)) } }

  /// Renders a plane in diverging colors: blue for negative weights (evidence for class 0), white at zero, red for positive
  /// weights (evidence for class 1). ±`limit` gets the full color.
  package func image(of plane: [Double], limit: Double) -> Image {
    Image(
      width: size.width, height: size.height, color: .rgb,
      pixels: plane.flatMap { Self.color(limit > 0 ? $0 / limit : 0) })
  }

  /// Returns the color (red, green, blue) of a weight as a fraction of the limit, -1 … 1.
  package static func color(_ share: Double) -> [UInt8] {
    let ends: [[Double]] =
      share < 0
      ? [[247, 247, 247], [103, 169, 207], [5, 48, 97]] : [[247, 247, 247], [239, 138, 98], [103, 0, 31]]
    return blend(ends, abs(share))
  }

  /// Interpolates between three colors at a position 0 … 1.
  fileprivate static func blend(_ colors: [[Double]], _ share: Double) -> [UInt8] {
    let place = min(share, 1) * 2
    let (from, to) = place < 1 ? (colors[0], colors[1]) : (colors[1], colors[2])
    let part = place < 1 ? place : place - 1
    return zip(from, to).map { UInt8(nearest: $0 + ($1 - $0) * part) }
  }
}

extension Image {
  /// Renders numbers in diverging colors: blue below zero, black at zero, red above. ±`limit` gets the full color.
  package init(glowing values: [Float], size: ImageSize, limit: Float) {
    let scale = limit > 0 ? 255 / limit : 0
    let pixels = [UInt8](unsafeUninitializedCapacity: 3 * values.count) { pixels, count in
      for (index, value) in values.enumerated() {
        let place = 3 * Int(nearest: Double(255 + max(-255, min(255, value * scale))))
        for channel in 0..<3 { pixels[3 * index + channel] = Self.glow[place + channel] }
      }
      count = 3 * values.count
    }
    self.init(width: size.width, height: size.height, color: .rgb, pixels: pixels)
  }

  /// The colors (red, green, blue) of -1 … 1 in 511 steps.
  private static let glow: [UInt8] = (-255...255).flatMap { step -> [UInt8] in
    let ends: [[Double]] =
      step < 0 ? [[0, 0, 0], [40, 110, 230], [205, 230, 255]] : [[0, 0, 0], [225, 70, 40], [255, 225, 170]]
    return WeightsImage.blend(ends, abs(Double(step)) / 255)
  }
}
