package import PerceptImages
import PerceptPlatform

/// Histograms of oriented gradients (Dalal and Triggs, 2005) and, for color images, a color histogram.
///
/// The gradients are those of the square roots of the samples, in the channel where they are largest. In each cell of 8 x 8
/// pixels, they vote for one of 9 orientations from 0° to 180°, weighted by magnitude. Each block of 2 x 2 cells is
/// normalized (L2-Hys): divided by its L2 norm, clipped to 0.2, and divided by its norm again. Blocks overlap, so each
/// cell occurs in up to four blocks. These values are those of scikit-image's `hog` with `transform_sqrt`; in color, rounding
/// can choose another of two channels with equal gradients. They describe the place and the direction of edges, and hardly
/// depend on brightness and contrast.
///
/// The color histogram has 4 x 4 x 4 bins of red, green, and blue in each quadrant. Its values are the square roots of
/// the fractions of pixels.
///
/// All values are between 0 and 1; a feature is the value multiplied by 255. Features are in this order: blocks row by
/// row, in a block the cells row by row, in a cell the orientations; then the quadrants row by row, and their bins.
struct HOG: Sendable, Hashable {
  static let cellSide = 8
  static let orientations = 9
  /// The number of bins of the color histogram in each quadrant.
  static let colors = 64

  let grid: PixelGrid

  /// The number of columns and rows of cells. Pixels beyond the last whole cell have no effect on them.
  var cells: ImageSize {
    ImageSize(width: max(grid.size.width / Self.cellSide, 1), height: max(grid.size.height / Self.cellSide, 1))
  }

  /// The number of columns and rows of blocks. Images that are too small for one are refused before features are computed.
  private var blocks: ImageSize { ImageSize(width: max(cells.width - 1, 1), height: max(cells.height - 1, 1)) }

  /// The number of features that describe edges.
  var edgeCount: Int { blocks.width * blocks.height * 4 * Self.orientations }

  private var colorCount: Int { grid.color == .rgb ? 4 * Self.colors : 0 }

  var featureCount: Int { edgeCount + colorCount }

  /// Computes the features of one image. O(pixels).
  func write(_ samples: UnsafePointer<UInt8>, into features: UnsafeMutablePointer<UInt8>) {
    let histograms = histograms(of: samples)
    writeBlocks(of: histograms, into: features)
    if colorCount > 0 { writeColors(of: samples, into: features + edgeCount) }
  }
}

/// The weights of the edges in each cell: `cells x orientations`, each summed over the blocks that contain the cell.
package struct EdgeWeights: Sendable {
  package let cells: ImageSize
  package let orientations: Int
  package let weights: [Double]
}

extension Preprocessing {
  /// Returns the weights of edges from those of all features of ``FeatureExtractor/hog``.
  package func edgeWeights(_ weights: [Double]) -> EdgeWeights {
    let hog = HOG(grid: grid)
    var sums = [Double](repeating: 0, count: hog.cells.width * hog.cells.height * HOG.orientations)
    for (index, cell) in hog.edgeCells.enumerated() {
      sums[cell * HOG.orientations + index % HOG.orientations] += weights[index]
    }
    return EdgeWeights(cells: hog.cells, orientations: HOG.orientations, weights: sums)
  }
}

extension HOG {
  /// The cell of each feature that describes edges.
  var edgeCells: [Int] {
    (0..<edgeCount).map { index in
      let (block, cell) = (index / (4 * Self.orientations), index / Self.orientations % 4)
      let (row, column) = (block / blocks.width + cell / 2, block % blocks.width + cell % 2)
      return row * cells.width + column
    }
  }
}

// MARK: - Edges

extension HOG {
  private static let roots: [Double] = (0...255).map { Double($0).squareRoot() }

  /// Returns the sums of the magnitudes of each orientation in each cell: `rows x columns x orientations`.
  private func histograms(of samples: UnsafePointer<UInt8>) -> [Double] {
    let (width, height, channels) = (grid.size.width, grid.size.height, grid.color.channelCount)
    let (columns, rows) = (cells.width, cells.height)
    var histograms = [Double](repeating: 0, count: columns * rows * Self.orientations)
    Self.roots.withUnsafeBufferPointer { roots in
      for y in 0..<rows * Self.cellSide {
        for x in 0..<columns * Self.cellSide {
          var (right, down, magnitude) = (0.0, 0.0, 0.0)
          let here = samples + (y * width + x) * channels
          for channel in 0..<channels {
            let isInside = (across: x > 0 && x < width - 1, along: y > 0 && y < height - 1)
            let dx = isInside.across ? roots[Int(here[channels + channel])] - roots[Int(here[channel - channels])] : 0
            let row = width * channels
            let dy = isInside.along ? roots[Int(here[row + channel])] - roots[Int(here[channel - row])] : 0
            let length = hypot(dx, dy)
            if length > magnitude { (right, down, magnitude) = (dx, dy, length) }
          }
          guard magnitude > 0 else { continue }
          let cell = y / Self.cellSide * columns + x / Self.cellSide
          histograms[cell * Self.orientations + Self.orientation(right, down)] += magnitude
        }
      }
    }
    return histograms
  }

  /// Returns the index of the orientation of a gradient that is not zero: its angle modulo 180°, in steps of 20°. An angle
  /// between two orientations is computed as in scikit-image, so that it is rounded to the same one.
  private static func orientation(_ right: Double, _ down: Double) -> Int {
    let degrees = atan2(down, right) * (180 / Double.pi)
    let angle = degrees < 0 ? degrees + 180 : degrees
    return min(Int(angle / 20), orientations) % orientations
  }

  private func writeBlocks(of histograms: [Double], into features: UnsafeMutablePointer<UInt8>) {
    let count = 4 * Self.orientations
    // The sums of 64 magnitudes instead of their means; the smallest norm is scaled in the same way.
    let smallest = 1e-5 * Double(Self.cellSide * Self.cellSide)
    var block = [Double](repeating: 0, count: count)
    for row in 0..<blocks.height {
      for column in 0..<blocks.width {
        for cell in 0..<4 {
          let start = ((row + cell / 2) * cells.width + column + cell % 2) * Self.orientations
          for k in 0..<Self.orientations { block[cell * Self.orientations + k] = histograms[start + k] }
        }
        Self.normalize(&block, smallest: smallest)
        for k in 0..<count { block[k] = min(block[k], 0.2) }
        Self.normalize(&block, smallest: 1e-5)
        let target = features + (row * blocks.width + column) * count
        for k in 0..<count { target[k] = Self.byte(block[k]) }
      }
    }
  }

  private static func normalize(_ block: inout [Double], smallest: Double) {
    let norm = block.reduce(smallest * smallest) { $0 + $1 * $1 }.squareRoot()
    for k in block.indices { block[k] /= norm }
  }

  /// Returns the feature of a value from 0 to 1.
  private static func byte(_ value: Double) -> UInt8 { UInt8(min(max(value * 255 + 0.5, 0), 255)) }
}

// MARK: - Colors

extension HOG {
  private func writeColors(of samples: UnsafePointer<UInt8>, into features: UnsafeMutablePointer<UInt8>) {
    let (width, height) = (grid.size.width, grid.size.height)
    for quadrant in 0..<4 {
      let columns = quadrant % 2 == 0 ? 0..<width / 2 : width / 2..<width
      let rows = quadrant / 2 == 0 ? 0..<height / 2 : height / 2..<height
      var counts = [Int](repeating: 0, count: Self.colors)
      for y in rows {
        for x in columns {
          let pixel = samples + 3 * (y * width + x)
          counts[Int(pixel[0] >> 6) * 16 + Int(pixel[1] >> 6) * 4 + Int(pixel[2] >> 6)] += 1
        }
      }
      let total = Double(columns.count * rows.count)
      for bin in 0..<Self.colors {
        features[quadrant * Self.colors + bin] = Self.byte((Double(counts[bin]) / total).squareRoot())
      }
    }
  }
}
