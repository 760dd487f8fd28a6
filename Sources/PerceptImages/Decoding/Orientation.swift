/// The EXIF orientation of a stored image: values 1 to 8 of tag 0x0112 (EXIF 2.32, section 4.6.4 A). Each case is named
/// after the transformation that makes the stored image upright.
package enum Orientation: Int, Sendable, CaseIterable {
  case upright = 1
  case mirrored = 2
  case halfTurned = 3
  case flipped = 4
  case transposed = 5
  case quarterTurnedClockwise = 6
  case transversed = 7
  case quarterTurnedCounterclockwise = 8

  /// Whether the upright image is as wide as the stored image is high.
  package var swapsSides: Bool { rawValue >= 5 }

  /// Whether the rows of the upright image begin at the end of stored rows or columns.
  var reversesRows: Bool {
    switch self {
    case .mirrored, .halfTurned, .quarterTurnedClockwise, .transversed: true
    case .upright, .flipped, .transposed, .quarterTurnedCounterclockwise: false
    }
  }

  /// Whether the columns of the upright image begin at the end of stored rows or columns.
  var reversesColumns: Bool {
    switch self {
    case .halfTurned, .flipped, .transversed, .quarterTurnedCounterclockwise: true
    case .upright, .mirrored, .transposed, .quarterTurnedClockwise: false
    }
  }
}

extension Image {
  /// Returns the upright form of an image that is stored in `orientation`. Unless it is upright already, the result
  /// uses an array of `memory`, and the array of this image is returned to `memory`.
  package func upright(from orientation: Orientation, in memory: SampleMemory = SampleMemory()) -> Image {
    if orientation == .upright { return self }
    let turned = orientation.swapsSides ? size.transposed : size
    let walk = Self.walk(over: size, for: orientation)
    let channels = color.channelCount
    let result = memory.samples(
      pixels.count,
      setBy: { target in
        pixels.withUnsafeBufferPointer { source in
          var index = 0
          for y in 0..<turned.height {
            var from = (walk.start &+ y &* walk.down) &* channels
            for _ in 0..<turned.width {
              for c in 0..<channels { target[index &+ c] = source[from &+ c] }
              index &+= channels
              from &+= walk.right &* channels
            }
          }
        }
      })
    memory.reuse(pixels)
    return Image(width: turned.width, height: turned.height, color: color, pixels: result)
  }

  /// Returns the position of the stored pixel that is first in the upright image, and the distances, in stored pixels, to
  /// its right and lower neighbors in the upright image.
  private static func walk(
    over stored: ImageSize, for orientation: Orientation
  ) -> (start: Int, right: Int, down: Int) {
    let row = stored.width
    let lastRow = (stored.height - 1) * row
    return switch orientation {
    case .upright: (0, 1, row)
    case .mirrored: (row - 1, -1, row)
    case .halfTurned: (lastRow + row - 1, -1, -row)
    case .flipped: (lastRow, 1, -row)
    case .transposed: (0, row, 1)
    case .quarterTurnedClockwise: (lastRow, -row, 1)
    case .transversed: (lastRow + row - 1, -row, -1)
    case .quarterTurnedCounterclockwise: (row - 1, row, -1)
    }
  }
}
