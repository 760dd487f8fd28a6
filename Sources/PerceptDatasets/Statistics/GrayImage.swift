package import PerceptFeatures
package import PerceptImages

/// The luma of an image, and measures computed from it.
package struct GrayImage {
  /// The standard deviation, in levels, below which an image counts as blank.
  package static let smallestDeviation = 2.0

  package let size: ImageSize
  /// The luma of ITU-R BT.601, 0 ... 255, row by row.
  package let pixels: [UInt8]

  package init(_ features: UnsafeBufferPointer<UInt8>, preprocessing: Preprocessing) {
    size = preprocessing.size
    switch preprocessing.color {
    case .gray: pixels = Array(features)
    case .rgb:
      pixels = (0..<features.count / 3).map { pixel in
        let (red, green, blue) = (Int(features[3 * pixel]), Int(features[3 * pixel + 1]), Int(features[3 * pixel + 2]))
        let sum: Int = 19595 * red + 38470 * green + 7471 * blue
        return UInt8((sum + 32768) >> 16)
      }
    }
  }

  private init(_ image: Image) {
    size = image.size
    pixels = image.pixels
  }

  package func resized(to size: ImageSize) -> GrayImage {
    guard size != self.size else { return self }
    let image = Image(width: self.size.width, height: self.size.height, color: .gray, pixels: pixels)
    return GrayImage(image.resized(to: size))
  }

  /// The mean level, 0 ... 255.
  package var mean: Double { Double(pixels.reduce(0) { $0 + Int($1) }) / Double(pixels.count) }

  /// Whether fewer than 1 in 50 pixels have a level of 50 or more; so a small bright object on black is not dark.
  package var isDark: Bool { pixels.count { $0 >= 50 } * 50 < pixels.count }

  package var deviation: Double {
    let squares = Double(pixels.reduce(0) { $0 + Int($1) * Int($1) }) / Double(pixels.count)
    return max(squares - mean * mean, 0).squareRoot()
  }

  /// The sharpness, independent of contrast: the mean square of the Laplacian divided by the variance. 0 if the image
  /// is blank (see ``smallestDeviation``) or has a side below 3 pixels.
  package var sharpness: Double {
    let (width, height) = (size.width, size.height)
    guard width >= 3, height >= 3, deviation >= Self.smallestDeviation else { return 0 }
    var sum = 0
    for y in 1..<height - 1 {
      for x in 1..<width - 1 {
        let i = y * width + x
        let around = Int(pixels[i - 1]) + Int(pixels[i + 1]) + Int(pixels[i - width]) + Int(pixels[i + width])
        let laplacian = 4 * Int(pixels[i]) - around
        sum += laplacian * laplacian
      }
    }
    return Double(sum) / Double((width - 2) * (height - 2)) / (deviation * deviation)
  }
}
