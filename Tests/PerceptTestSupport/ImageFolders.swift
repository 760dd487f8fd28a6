package import PerceptImages
import PerceptLinearAlgebra

extension TemporaryFolder {
  /// Writes images of several classes that a neuron can distinguish: waves that are brighter on the left for even classes
  /// and on the right for odd classes.
  ///
  /// - Parameters:
  ///   - counts: the number of images in each class folder. A name may contain slashes, such as `train/cat`.
  ///   - side: the width and height of the images.
  ///   - seed: the seed. Different seeds give different images.
  /// - Throws: `FileError` if an image cannot be written.
  package func addImages(_ counts: [(name: String, count: Int)], side: Int = 12, seed: UInt64 = 1) throws {
    for (index, entry) in counts.enumerated() {
      try makeFolder(entry.name)
      for number in 0..<entry.count {
        let image = TestImages.sided(index % 2, seed: seed &* 1000 &+ UInt64(index * 100_000 + number), side: side)
        try write(image.encodedPNG(), to: "\(entry.name)/\(padded(number)).png")
      }
    }
  }

  private func padded(_ number: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

extension TestImages {
  /// Returns an image of waves that is brighter on the left (class 0) or on the right (class 1).
  package static func sided(_ label: Int, seed: UInt64, side: Int) -> Image {
    let waves = photo(seed: seed, width: side, height: side)
    var pixels = waves.pixels
    for index in pixels.indices {
      let isLeft = (index / 3) % side < side / 2
      pixels[index] = pixels[index] / 2 + (isLeft == (label == 0) ? 127 : 0)
    }
    return Image(width: side, height: side, color: .rgb, pixels: pixels)
  }

  /// Returns an image with structure at several scales, as real photos have, unlike ``photo(seed:width:height:color:)``:
  /// 24 x 24 random pixels, enlarged.
  package static func textured(seed: UInt64, side: Int) -> Image {
    var generator = SeededGenerator(seed: seed)
    let pixels = (0..<24 * 24 * 3).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    return Image(width: 24, height: 24, color: .rgb, pixels: pixels).resized(to: ImageSize(side))
  }
}
