package import PerceptImages

/// Where in an image its features come from: a grid of positions, each with its shares of the features.
package struct FeatureMap: Sendable, Hashable {
  /// The number of columns and rows of positions: pixels, cells of ``FeatureExtractor/hog``, or the positions of the
  /// last layer of a backbone.
  package let size: ImageSize
  private let shares: Shares

  private enum Shares: Sendable, Hashable {
    /// The features of a pixel are consecutive.
    case pixels(channels: Int)
    /// For each feature, the positions among which it is divided equally.
    case equal([[Int]])
    /// The shares of each feature, position by position, which add up to 1.
    case weighted([[Double]])
  }

  /// Divides one value for each feature among the positions. The results have the same sum.
  package func divided(_ values: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: size.width * size.height)
    switch shares {
    case .pixels(let channels):
      for (index, value) in values.enumerated() { result[index / channels] += value }
    case .equal(let positions):
      for (value, places) in zip(values, positions) {
        for place in places { result[place] += value / Double(places.count) }
      }
    case .weighted(let shares):
      for (value, shares) in zip(values, shares) {
        for place in shares.indices { result[place] += value * shares[place] }
      }
    }
    return result
  }
}

extension FeatureMap {
  static func pixels(of grid: PixelGrid) -> FeatureMap {
    FeatureMap(size: grid.size, shares: .pixels(channels: grid.color.channelCount))
  }

  /// The features of a cell belong to the cell, the colors of a quadrant to all cells whose centers are in it.
  init(_ hog: HOG) {
    let (columns, rows) = (hog.cells.width, hog.cells.height)
    var places = hog.edgeCells.map { [$0] }
    if hog.grid.color == .rgb {
      for quadrant in 0..<4 {
        let cells = (0..<rows * columns).filter { cell in
          (2 * (cell / columns) + 1 > rows) == (quadrant / 2 == 1)
            && (2 * (cell % columns) + 1 > columns) == (quadrant % 2 == 1)
        }
        places += Array(repeating: cells, count: HOG.colors)
      }
    }
    self.init(size: hog.cells, shares: .equal(places))
  }
}

extension FeatureMap {
  /// A pooled feature is the mean of the activations at all positions, so each position has the share of its absolute
  /// activation in the sum of all. Activations are usually not negative. Where they have both signs, shares of their sum
  /// would be large and cancel each other. If all are 0, the positions have equal shares.
  init(_ backbone: Backbone, of samples: [UInt8], _ grid: PixelGrid) throws(FeatureError) {
    let size = try backbone.file.demand(of: grid.size).positions
    let activations = try backbone.activations(of: samples, grid)
    let positions = activations.positions
    guard positions == size.width * size.height else {
      throw .failed(backbone: backbone.name, words: "its output has an unexpected size")
    }
    let shares = (0..<activations.channels).map { channel in
      let values = (0..<positions).map { abs(activations.value(channel, at: $0)) }
      let sum = values.reduce(0, +)
      return values.map { sum > 0 ? $0 / sum : 1 / Double(positions) }
    }
    self.init(size: size, shares: .weighted(shares))
  }
}

extension Preprocessing {
  /// Returns where the features of an image come from.
  package func featureMap(of image: PreparedImage) throws(FeatureError) -> FeatureMap {
    switch extractor {
    case .pixels: .pixels(of: grid)
    case .hog: FeatureMap(HOG(grid: grid))
    case .backbone(let backbone): try FeatureMap(backbone, of: image.image.pixels, grid)
    }
  }
}
