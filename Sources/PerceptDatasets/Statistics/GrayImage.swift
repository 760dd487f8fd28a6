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
      pixels = Array(unsafeUninitializedCapacity: features.count / 3) { gray, count in
        count = features.count / 3
        for i in 0..<count {
          let (red, green, blue) = (features[3 * i], features[3 * i + 1], features[3 * i + 2])
          let sum = 19595 * UInt32(red) + 38470 * UInt32(green) + 7471 * UInt32(blue)
          gray[i] = UInt8(truncatingIfNeeded: (sum &+ 32768) >> 16)
        }
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
  package var mean: Double { Double(sum { $0 }) / Double(pixels.count) }

  /// Whether fewer than 1 in 50 pixels have a level of 50 or more; so a small bright object on black is not dark.
  package var isDark: Bool { pixels.count { $0 >= 50 } * 50 < pixels.count }

  package var deviation: Double {
    let squares = Double(sum { $0 &* $0 }) / Double(pixels.count)
    return max(squares - mean * mean, 0).squareRoot()
  }

  /// Returns the sum of a value of each pixel, at most 255². Blocks fit into 32 bits, which the compiler vectorizes.
  @inline(__always)
  private func sum(_ value: (UInt32) -> UInt32) -> Int {
    pixels.withUnsafeBufferPointer { pixels in
      stride(from: 0, to: pixels.count, by: 65_536).reduce(0) { total, start in
        var sum: UInt32 = 0
        for i in start..<min(start + 65_536, pixels.count) { sum &+= value(UInt32(pixels[i])) }
        return total + Int(sum)
      }
    }
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
