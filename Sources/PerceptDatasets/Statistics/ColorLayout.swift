package import PerceptFeatures
import PerceptImages

/// The colors of an image: the mean color of each cell of an 8 x 8 grid, as in the color layout descriptor of MPEG-7. A
/// ``PerceptualHash`` is gray, so images of one shape in several colors have the same hash, but different layouts.
package struct ColorLayout: Sendable, Hashable {
  /// The smallest side, in pixels, of an image that has a layout.
  package static let smallestSide = side

  /// The largest factor between the contrasts of two images that match.
  private static let largestContrastRatio: Float = 1.4
  private static let side = 8
  /// The luma of ITU-R BT.601.
  private static let lumaWeights = SIMD3<Float>(0.299, 0.587, 0.114)

  /// The mean red, green and blue of each cell, row by row. They are equal in gray images.
  private let levels: [UInt8]
  /// The mean of ``levels``.
  private let mean: Float
  /// The standard deviation of the luma of the pixels.
  private let contrast: Float
  /// The root mean square of the chroma of the cells, in levels; 0 for gray images.
  private let saturation: Float

  /// Computes the layout of an image with no side below ``smallestSide``. O(number of pixels).
  package init(of features: UnsafeBufferPointer<UInt8>, preprocessing: Preprocessing) {
    precondition(
      min(preprocessing.size.width, preprocessing.size.height) >= Self.smallestSide,
      "a layout needs an image of at least 8 x 8 pixels (got \(preprocessing.size))")
    let means = Self.cellMeans(of: features, preprocessing: preprocessing)
    levels = preprocessing.color == .gray ? means.flatMap { [$0, $0, $0] } : means
    mean = Float(levels.reduce(0) { $0 + Int($1) }) / Float(levels.count)
    contrast = Float(GrayImage(features, preprocessing: preprocessing).deviation)
    var sum: Float = 0
    for cell in 0..<Self.side * Self.side { sum += Self.square(Self.chroma(of: Self.color(cell, in: levels))) }
    saturation = (sum / Float(levels.count)).squareRoot()
  }

  /// The number of ``words``.
  package static let wordCount = 3 * side * side / 8 + 3

  /// The layout as words, to send it to another process.
  package var words: [UInt64] {
    let packed = stride(from: 0, to: levels.count, by: 8).map { start in
      levels[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
    return packed + [mean, contrast, saturation].map { UInt64($0.bitPattern) }
  }

  /// Creates a layout from its ``words``.
  package init(words: [UInt64]) {
    levels = words.dropLast(3).flatMap { word in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
    }
    let numbers = words.suffix(3).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
    (mean, contrast, saturation) = (numbers[0], numbers[1], numbers[2])
  }

  /// Returns the mean of each channel in each cell, rounded.
  private static func cellMeans(of features: UnsafeBufferPointer<UInt8>, preprocessing: Preprocessing) -> [UInt8] {
    let (width, height) = (preprocessing.size.width, preprocessing.size.height)
    let channels = preprocessing.color.channelCount
    let columns = (0..<width).map { $0 * side / width }
    var sums = [Int](repeating: 0, count: side * side * channels)
    var counts = [Int](repeating: 0, count: side * side)
    var sample = 0
    for y in 0..<height {
      let row = y * side / height * side
      for x in 0..<width {
        let cell = row + columns[x]
        counts[cell] += 1
        for channel in 0..<channels { sums[cell * channels + channel] += Int(features[sample + channel]) }
        sample += channels
      }
    }
    return sums.indices.map { UInt8((sums[$0] + counts[$0 / channels] / 2) / counts[$0 / channels]) }
  }

  /// Whether the images can be copies of each other, as far as colors tell. Brightness and contrast may differ
  /// moderately, and one image may be a gray copy of the other.
  package func matches(_ other: ColorLayout) -> Bool {
    guard contrast > 0, other.contrast > 0 else { return levels == other.levels }
    let differences = differences(from: other)
    let spread = (contrast * other.contrast).squareRoot()
    if differences.luma <= 0.04 * spread + 0.5, (saturation <= 1) != (other.saturation <= 1) { return true }
    let ratio = max(contrast, other.contrast) / min(contrast, other.contrast)
    let chroma = max(saturation / contrast, other.saturation / other.contrast)
    return ratio <= Self.largestContrastRatio && differences.standardized <= 0.2 + 1 / spread
      && differences.chroma <= 0.4 * chroma + 2 / spread
  }

  /// Returns root mean squares over the cells: of the difference of their lumas, in levels, and of the differences of
  /// their colors and of their chromas after both images have been standardized to mean 0 and contrast 1.
  private func differences(from other: ColorLayout) -> (luma: Float, standardized: Float, chroma: Float) {
    var sums: (luma: Float, standardized: Float, chroma: Float) = (0, 0, 0)
    for cell in 0..<Self.side * Self.side {
      let (mine, others) = (Self.color(cell, in: levels), Self.color(cell, in: other.levels))
      let difference = (mine - mean) / contrast - (others - other.mean) / other.contrast
      let luma = ((mine - others) * Self.lumaWeights).sum()
      sums.luma += luma * luma
      sums.standardized += Self.square(difference)
      sums.chroma += Self.square(Self.chroma(of: difference))
    }
    let cells = Float(Self.side * Self.side)
    return (
      (sums.luma / cells).squareRoot(), (sums.standardized / (3 * cells)).squareRoot(),
      (sums.chroma / (3 * cells)).squareRoot()
    )
  }

  private static func color(_ cell: Int, in levels: [UInt8]) -> SIMD3<Float> {
    SIMD3(Float(levels[3 * cell]), Float(levels[3 * cell + 1]), Float(levels[3 * cell + 2]))
  }

  /// Returns what remains of a color when its luma is subtracted from each channel.
  private static func chroma(of color: SIMD3<Float>) -> SIMD3<Float> { color - (color * lumaWeights).sum() }

  private static func square(_ vector: SIMD3<Float>) -> Float { (vector * vector).sum() }
}
