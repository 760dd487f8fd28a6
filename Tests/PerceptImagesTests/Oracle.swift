import PerceptIO
import PerceptImages

/// Simple reference implementations that the tests compare with.
enum Oracle {
  /// The image that the fixtures are made from, given by a formula.
  static func formula(width: Int, height: Int, color: ColorMode) -> Image {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<color.channelCount {
          pixels.append(UInt8((((x * 7 + y * 13 + c * 29) * (x + 3 * y + 5)) >> 2) & 255))
        }
      }
    }
    return Image(width: width, height: height, color: color, pixels: pixels)
  }

  /// Resizes an image bilinearly, pixel by pixel: rows first, then columns.
  static func resized(_ image: Image, width: Int, height: Int) -> Image {
    let rows = resampled(image, width: width, height: image.height) { x, _ in (x, image.width) }
    return resampled(rows, width: width, height: height) { _, y in (y, image.height) }
  }

  private static func resampled(
    _ image: Image, width: Int, height: Int, along: (Int, Int) -> (position: Int, old: Int)
  ) -> Image {
    if image.width == width, image.height == height { return image }
    let isAcross = image.width != width
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let (position, old) = along(x, y)
        let taps = weights(at: position, old: old, new: isAcross ? width : height)
        for c in 0..<image.color.channelCount {
          var sum = 1 << 21
          for (index, weight) in taps {
            sum += weight * Int(isAcross ? image[index, y, c] : image[x, index, c])
          }
          pixels.append(UInt8(min(sum >> 22, 255)))
        }
      }
    }
    return Image(width: width, height: height, color: image.color, pixels: pixels)
  }

  private static func weights(at position: Int, old: Int, new: Int) -> [(index: Int, weight: Int)] {
    let scale = Double(old) / Double(new)
    let support = scale > 1 ? scale : 1
    let center = (Double(position) + 0.5) * scale
    let indices = (0..<old).filter { $0 >= Int(center - support + 0.5) && $0 < Int(center + support + 0.5) }
    let triangle = indices.map { index -> Double in
      let distance = (Double(index) - center + 0.5) * (1 / support)
      return distance.magnitude < 1 ? 1 - distance.magnitude : 0
    }
    let total = triangle.reduce(0, +)
    return zip(indices, triangle).map { ($0, Int($1 / total * 4_194_304 + 0.5)) }
  }

  /// The image `smooth` of the fixtures: red increases to the right, green increases downward.
  static func smooth(width: Int, height: Int) -> Image {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width { pixels += [UInt8(x * 255 / (width - 1)), UInt8(y * 255 / (height - 1)), 128] }
    }
    return Image(width: width, height: height, color: .rgb, pixels: pixels)
  }

  /// Returns the upright form of a stored image. EXIF defines each orientation by the sides of the upright image that are the
  /// stored first row and first column.
  static func upright(_ stored: Image, orientation: Int) -> Image {
    let swaps = orientation >= 5
    let width = swaps ? stored.height : stored.width
    let height = swaps ? stored.width : stored.height
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let (right, bottom) = (width - 1 - x, height - 1 - y)
        let (column, row) =
          switch orientation {
          case 2: (right, y)
          case 3: (right, bottom)
          case 4: (x, bottom)
          case 5: (y, x)
          case 6: (y, right)
          case 7: (bottom, right)
          case 8: (bottom, x)
          default: (x, y)
          }
        for c in 0..<stored.color.channelCount { pixels.append(stored[column, row, c]) }
      }
    }
    return Image(width: width, height: height, color: stored.color, pixels: pixels)
  }
}

extension Image {
  subscript(x: Int, y: Int, channel: Int) -> UInt8 { pixels[(y * width + x) * color.channelCount + channel] }

  /// Returns the mean and the largest absolute difference between two images; `nil` if their sizes or color modes differ.
  func difference(from other: Image) -> (mean: Double, largest: Int)? {
    guard size == other.size, color == other.color else { return nil }
    return PerceptImagesTests.difference(pixels, other.pixels)
  }
}

/// Returns the mean and the largest absolute difference between samples; `nil` if there are none or the counts differ.
func difference(_ a: [UInt8], _ b: [UInt8]) -> (mean: Double, largest: Int)? {
  guard a.count == b.count, !a.isEmpty else { return nil }
  var sum = 0
  var largest = 0
  for (x, y) in zip(a, b) {
    let difference = abs(Int(x) - Int(y))
    sum += difference
    largest = max(largest, difference)
  }
  return (Double(sum) / Double(a.count), largest)
}

/// The files in `Fixtures`.
enum Fixture {
  static func path(_ name: String) -> String {
    FileSystem.path(FileSystem.path(FileSystem.folder(of: #filePath), "Fixtures"), name)
  }

  static func bytes(_ name: String) throws -> [UInt8] { try FileSystem.read(path(name)) }
}
