import PerceptIO
package import PerceptImages

extension Attributions {
  /// How a map is drawn over an image.
  package enum MapStyle: String, Sendable, Hashable, CaseIterable {
    /// Interpolated between the positions.
    case smooth
    /// One square for each position.
    case grid
  }

  /// Draws the map over a dimmed gray copy of an image: red for the class, blue against it. The largest absolute value
  /// gets the full color.
  package func overlay(on image: Image, style: MapStyle = .smooth) -> Image {
    let limit = map.reduce(0) { max($0, abs($1)) }
    let gray = image.converted(to: .gray)
    let values = style == .smooth ? smooth(at: image.size) : squares(at: image.size)
    let pixels = zip(gray.pixels, values).flatMap { level, value in
      Self.blended(Double(level), share: limit > 0 ? value / limit : 0)
    }
    return Image(width: image.width, height: image.height, color: .rgb, pixels: pixels)
  }

  private static let (red, blue) = ([235.0, 60, 30], [40.0, 105, 235])

  private static func blended(_ level: Double, share: Double) -> [UInt8] {
    let opacity = 0.85 * min(abs(share), 1)
    let color = share < 0 ? blue : red
    // The image gets a part of the range, so that the colors stand out.
    let base = 30 + 0.6 * level
    return color.map { UInt8(nearest: base + ($0 - base) * opacity) }
  }

  private func squares(at size: ImageSize) -> [Double] {
    (0..<size.height).flatMap { y in
      (0..<size.width).map { x in
        map[y * self.size.height / size.height * self.size.width + x * self.size.width / size.width]
      }
    }
  }

  /// Interpolates with cubic convolution (Catmull-Rom) between the centers of the positions, first along rows.
  private func smooth(at size: ImageSize) -> [Double] {
    let (columns, rows) = (self.size.width, self.size.height)
    let across = Self.taps(from: columns, to: size.width)
    let down = Self.taps(from: rows, to: size.height)
    let wide = (0..<rows).flatMap { row in
      across.map { taps in taps.reduce(0) { $0 + $1.weight * map[row * columns + $1.index] } }
    }
    return down.flatMap { taps in
      (0..<size.width).map { x in taps.reduce(0) { $0 + $1.weight * wide[$1.index * size.width + x] } }
    }
  }

  /// For each new place, the old places with their weights, which add up to 1.
  private static func taps(from count: Int, to target: Int) -> [[(index: Int, weight: Double)]] {
    (0..<target).map { place in
      let position = (Double(place) + 0.5) * Double(count) / Double(target) - 0.5
      let first = Int(position.rounded(.down))
      let t = position - Double(first)
      let weights = [
        ((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2, ((4 - 3 * t) * t + 1) * t / 2, (t - 1) * t * t / 2,
      ]
      return weights.enumerated().map { (min(max(first - 1 + $0, 0), count - 1), $1) }
    }
  }
}
