package import PerceptFeatures
package import PerceptImages
package import PerceptModels

/// The smallest part of an image found whose hiding changes the answer.
///
/// Features that are not pixels have no counterfactual: a change of features is not a change of an image. Instead, the
/// positions of a `FeatureMap` that are most evidence for the answer are replaced with the mean color of the image, as few
/// as are needed to get another answer. If features have no positions, a grid of 7 x 7 is used, in the order of how much
/// hiding each of them alone changes the answer.
package struct Occlusion: Sendable, Hashable {
  /// The image with the hidden positions.
  package let image: Image
  /// The prediction for that image.
  package let prediction: Prediction
  /// The number of hidden positions.
  package let hiddenCount: Int
  /// The number of all positions.
  package let count: Int
  /// Whether the answer differs from that for the complete image. If not, all positions with evidence for it are hidden.
  package let isFlipped: Bool

  /// The number of columns and rows of the grid for features without positions.
  private static let side = 7

  /// Needs about 2·log₂(positions) predictions. Throws `FeatureError` if the extractor fails.
  package init(_ classifier: Classifier, of image: PreparedImage, _ answer: Prediction, attributions: Attributions)
    throws(FeatureError)
  {
    let hasPositions = attributions.map.count > 1
    let size = hasPositions ? attributions.size : ImageSize(Self.side)
    let order =
      try hasPositions
      ? attributions.positions(supporting: answer.label, of: classifier)
      : Self.order(classifier, image, answer, size)
    func hidden(_ count: Int) throws(FeatureError) -> (Image, Prediction) {
      let changed = image.image.hiding(order.prefix(count), of: size)
      return (changed, try classifier.predict(ofSamples: changed.pixels))
    }
    var (low, high) = (0, 1)
    while high < order.count, try hidden(high).1.label == answer.label {
      (low, high) = (high, min(2 * high, order.count))
    }
    while high - low > 1 {
      let middle = (low + high) / 2
      if try hidden(middle).1.label == answer.label { low = middle } else { high = middle }
    }
    hiddenCount = min(high, order.count)
    (self.image, prediction) = try hidden(hiddenCount)
    (count, isFlipped) = (size.width * size.height, prediction.label != answer.label)
  }

  /// Returns the positions whose hiding makes the answer less probable, the most effective first.
  private static func order(
    _ classifier: Classifier, _ image: PreparedImage, _ answer: Prediction, _ size: ImageSize
  ) throws(FeatureError) -> [Int] {
    var losses: [Double] = []
    for position in 0..<size.width * size.height {
      let changed = image.image.hiding([position], of: size)
      let other = try classifier.predict(ofSamples: changed.pixels)
      losses.append(answer.probabilities[answer.label] - other.probabilities[answer.label])
    }
    return losses.indices.filter { losses[$0] > 0 }.sorted { (losses[$1], $0) < (losses[$0], $1) }
  }
}

extension Attributions {
  /// Returns the positions with evidence for a class, the strongest first.
  fileprivate func positions(supporting answer: Int, of classifier: Classifier) -> [Int] {
    let sign = classifier.classNames.count == 2 && answer != label ? -1.0 : 1.0
    return map.indices.filter { sign * map[$0] > 0 }.sorted { (sign * map[$1], $0) < (sign * map[$0], $1) }
  }
}

extension Image {
  /// Returns the image with the positions of a grid replaced with the mean color of the image.
  fileprivate func hiding(_ positions: some Sequence<Int>, of grid: ImageSize) -> Image {
    let (channels, mean) = (color.channelCount, meanColor)
    var pixels = pixels
    for position in positions {
      let (column, row) = (position % grid.width, position / grid.width)
      for y in row * height / grid.height..<(row + 1) * height / grid.height {
        for x in column * width / grid.width..<(column + 1) * width / grid.width {
          for channel in 0..<channels { pixels[(y * width + x) * channels + channel] = mean[channel] }
        }
      }
    }
    return Image(width: width, height: height, color: color, pixels: pixels)
  }
}
