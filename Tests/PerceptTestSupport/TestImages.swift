package import PerceptImages
import PerceptLinearAlgebra

/// Computed images, so that tests need no files.
package enum TestImages {
  /// Returns a smooth image that resembles a photo: waves of a few lengths and directions in each channel. Equal arguments
  /// give equal images; different seeds give different images.
  package static func photo(seed: UInt64, width: Int, height: Int, color: ColorMode = .rgb) -> Image {
    var generator = SeededGenerator(seed: seed)
    let channels = color.channelCount
    let waves = (0..<channels).map { _ in (0..<3).map { _ in Wave(using: &generator) } }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * channels)
    for y in 0..<height {
      for x in 0..<width {
        let (across, down) = (Double(x) / Double(width), Double(y) / Double(height))
        for c in 0..<channels {
          let sum = waves[c].reduce(0) { $0 + $1.height(across, down) }
          pixels.append(UInt8(min(max(127.5 + 40 * sum, 0), 255)))
        }
      }
    }
    return Image(width: width, height: height, color: color, pixels: pixels)
  }

  /// Returns an image of noise: bytes from a seeded generator.
  package static func noise(seed: UInt64, width: Int, height: Int, color: ColorMode = .rgb) -> Image {
    var generator = SeededGenerator(seed: seed)
    let pixels = (0..<width * height * color.channelCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return Image(width: width, height: height, color: color, pixels: pixels)
  }

  /// Returns an APNG whose first frame is `image`. The second is only announced.
  package static func animatedPNG(_ image: Image) throws -> [UInt8] {
    let png = try image.encodedPNG()
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      [0, 0, 0, UInt8(content.count)] + Array(name.utf8) + content + [0, 0, 0, 0]  // checksums are not verified
    }
    let control = chunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0]) + chunk("fcTL", [UInt8](repeating: 0, count: 26))
    return png[..<33] + control + png[33...]  // after the header
  }
}

/// A wave of parabolas, which needs no math functions and is the same on every machine.
private struct Wave {
  let across: Double
  let down: Double
  let phase: Double

  init(using generator: inout SeededGenerator) {
    across = Double.random(in: -3...3, using: &generator)
    down = Double.random(in: -3...3, using: &generator)
    phase = Double.random(in: 0...1, using: &generator)
  }

  /// Returns the height, from -1 to 1, at a point of the unit square.
  func height(_ x: Double, _ y: Double) -> Double {
    let turns = across * x + down * y + phase + 8
    let t = turns - turns.rounded(.down)
    return t < 0.5 ? 16 * t * (0.5 - t) : -16 * (t - 0.5) * (1 - t)
  }
}
