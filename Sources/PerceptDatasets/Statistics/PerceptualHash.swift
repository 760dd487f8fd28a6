import Glibc
public import PerceptImages

/// What a picture shows, in 255 bits: the signs of the lowest 16 x 16 terms, but for the mean, of the discrete cosine transform
/// of its 64 x 64 gray picture.
///
/// Copies that were saved anew at quality 60, or at half the size, stay within 13 bits; different faces, aligned and before the
/// same background, keep at least 31 apart. (The usual hashes of 64 bits cannot tell such faces from copies.)
public struct PerceptualHash: Sendable, Hashable {
  /// Up to this distance two pictures are taken for the same.
  public static let largestDistance = 20
  /// Pictures with a shorter side hold too few terms.
  public static let smallestSide = 16

  private static let side = 64
  private static let terms = 16
  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// The hash of a picture; nil without any contrast, or with a side below ``smallestSide``, where signs mean nothing.
  ///
  /// - Parameters:
  ///   - features: its features.
  ///   - preprocessing: how they came about.
  public init?(of features: UnsafeBufferPointer<UInt8>, preprocessing: Preprocessing) {
    guard min(preprocessing.size.width, preprocessing.size.height) >= Self.smallestSide else { return nil }
    let gray = GrayImage(features, preprocessing: preprocessing)
    guard gray.deviation >= GrayImage.smallestDeviation else { return nil }
    let square = gray.resized(to: ImageSize(Self.side))
    self.init(square: square.pixels)
  }

  /// The hash of a 64 x 64 gray picture.
  private init(square pixels: [UInt8]) {
    var rows = [SIMD16<Float>](repeating: .zero, count: Self.side)
    for y in 0..<Self.side {
      var sum = SIMD16<Float>.zero
      for x in 0..<Self.side { sum += Self.cosines[x] * Float(pixels[y * Self.side + x]) }
      rows[y] = sum
    }
    var words: [UInt64] = [0, 0, 0, 0]
    for term in 0..<Self.terms {
      var sum = SIMD16<Float>.zero
      for y in 0..<Self.side { sum += rows[y] * Self.cosines[y][term] }
      for other in 0..<Self.terms where sum[other] > 0 && term + other > 0 {
        words[term / 4] |= 1 << UInt64(term % 4 * 16 + other)
      }
    }
    self.words = (words[0], words[1], words[2], words[3])
  }

  /// How many of the 255 bits differ.
  public func distance(to other: PerceptualHash) -> Int {
    (words.0 ^ other.words.0).nonzeroBitCount + (words.1 ^ other.words.1).nonzeroBitCount
      + (words.2 ^ other.words.2).nonzeroBitCount + (words.3 ^ other.words.3).nonzeroBitCount
  }

  /// Whether two pictures are taken for the same. Of different ones the first 63 bits nearly always suffice.
  func isNear(_ other: PerceptualHash) -> Bool {
    (words.0 ^ other.words.0).nonzeroBitCount <= Self.largestDistance && distance(to: other) <= Self.largestDistance
  }

  /// cos(π·(2x + 1)·k/128) for every x, with a lane for each k.
  private static let cosines: [SIMD16<Float>] = (0..<side).map { x in
    var lanes = SIMD16<Float>.zero
    for k in 0..<terms { lanes[k] = Float(cos(.pi * Double((2 * x + 1) * k) / Double(2 * side))) }
    return lanes
  }

  /// Whether all bits are equal.
  public static func == (a: PerceptualHash, b: PerceptualHash) -> Bool { a.words == b.words }

  /// Takes in all bits.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}
