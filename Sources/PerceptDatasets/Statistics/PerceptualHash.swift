package import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptPlatform

/// A 255-bit hash of what an image shows: the signs of the lowest 16 x 16 coefficients, without the mean, of the
/// discrete cosine transform (DCT) of the image scaled to 64 x 64 gray pixels. In measurements, copies saved again at
/// JPEG quality 60 or at half the size differ in at most 13 bits. Aligned photos of different faces before the same
/// background differ in at least 31 bits. (The usual 64-bit hashes cannot tell such faces from copies.) Color hardly
/// changes the hash; compare ``ColorLayout`` values too.
package struct PerceptualHash: Sendable, Hashable {
  /// The largest distance at which two images count as near-duplicates.
  package static let largestDistance = 20
  /// The smallest side, in pixels, that an image needs to have a hash. Smaller images have too few DCT coefficients.
  package static let smallestSide = 16

  private static let side = 64
  private static let terms = 16
  /// The first bit, of the mean, is always 0.
  package let words: (UInt64, UInt64, UInt64, UInt64)

  /// Returns nil if the image is blank or has a side below ``smallestSide``, because the signs are then meaningless.
  package init?(of features: UnsafeBufferPointer<UInt8>, preprocessing: Preprocessing) {
    guard min(preprocessing.size.width, preprocessing.size.height) >= Self.smallestSide else { return nil }
    let gray = GrayImage(features, preprocessing: preprocessing)
    guard gray.deviation >= GrayImage.smallestDeviation else { return nil }
    let square = gray.resized(to: ImageSize(Self.side))
    self.init(square: square.pixels)
  }

  private init(square pixels: [UInt8]) {
    let terms = PixelKernels.transform(pixels, cosines: Self.cosines)
    func word(_ index: Int) -> UInt64 {
      (0..<64).reduce(0) { $0 | (terms[64 * index + $1] > 0 ? 1 : 0) << UInt64($1) }
    }
    self.init(words: (word(0), word(1), word(2), word(3)))
  }

  /// Creates a hash from its bits. The first bit is ignored.
  package init(words: (UInt64, UInt64, UInt64, UInt64)) {
    self.words = (words.0 & ~1, words.1, words.2, words.3)
  }

  /// Returns a hash that differs in some bits, of 1 ... 255.
  package func flipping(_ bits: some Sequence<Int>) -> PerceptualHash {
    var flipped = [words.0, words.1, words.2, words.3]
    for bit in bits { flipped[bit / 64] ^= 1 << UInt64(bit % 64) }
    return PerceptualHash(words: (flipped[0], flipped[1], flipped[2], flipped[3]))
  }

  /// Returns the number of bits that differ (Hamming distance), 0 ... 255.
  package func distance(to other: PerceptualHash) -> Int {
    (words.0 ^ other.words.0).nonzeroBitCount + (words.1 ^ other.words.1).nonzeroBitCount
      + (words.2 ^ other.words.2).nonzeroBitCount + (words.3 ^ other.words.3).nonzeroBitCount
  }

  /// Whether two images count as near-duplicates. For different images, the first 63 bits nearly always decide.
  func isNear(_ other: PerceptualHash) -> Bool {
    (words.0 ^ other.words.0).nonzeroBitCount <= Self.largestDistance && distance(to: other) <= Self.largestDistance
  }

  /// cos(π·(2x + 1)·k / 128) for every x, with one lane for each k.
  private static let cosines: [SIMD16<Float>] = (0..<side).map { x in
    var lanes = SIMD16<Float>.zero
    for k in 0..<terms { lanes[k] = Float(cos(.pi * Double((2 * x + 1) * k) / Double(2 * side))) }
    return lanes
  }

  package static func == (a: PerceptualHash, b: PerceptualHash) -> Bool { a.words == b.words }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}
