package import PerceptImages
import PerceptLinearAlgebra

extension TemporaryFolder {
  /// Fills the folder with pictures of each class that a neuron can tell apart: smooth noise, brighter on the left for
  /// even classes and on the right for odd ones.
  ///
  /// - Parameters:
  ///   - counts: how many pictures each class folder gets; a name may contain slashes, as in `train/cat`.
  ///   - side: the pictures' side.
  ///   - seed: other seeds give other pictures.
  /// - Throws: `FileError` when one cannot be written.
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
  /// A picture that is brighter on the left (class 0) or on the right (class 1), with waves over it.
  package static func sided(_ label: Int, seed: UInt64, side: Int) -> Image {
    let waves = photo(seed: seed, width: side, height: side)
    var pixels = waves.pixels
    for index in pixels.indices {
      let isLeft = (index / 3) % side < side / 2
      pixels[index] = pixels[index] / 2 + (isLeft == (label == 0) ? 127 : 0)
    }
    return Image(width: side, height: side, color: .rgb, pixels: pixels)
  }

  /// A picture with something to see at every scale, as photos have and ``photo(seed:width:height:color:)`` has not: 24 x 24
  /// pixels by chance, enlarged.
  package static func textured(seed: UInt64, side: Int) -> Image {
    var generator = SeededGenerator(seed: seed)
    let pixels = (0..<24 * 24 * 3).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    return Image(width: 24, height: 24, color: .rgb, pixels: pixels).resized(to: ImageSize(side))
  }
}
