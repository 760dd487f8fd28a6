/// An image with 8 bits per channel: rows from top to bottom, pixels from left to right, channels interleaved.
///
/// The sample of channel `c` at column `x` of row `y` is `pixels[(y * width + x) * color.channelCount + c]`. An image that
/// was read from a file is upright: the orientation of the file has been applied.
public struct Image: Sendable, Hashable {
  /// The number of columns; greater than 0.
  public let width: Int
  /// The number of rows; greater than 0.
  public let height: Int
  /// The meaning of the channels.
  public let color: ColorMode
  /// The samples, `height x width x color.channelCount`, each from 0 (black) to 255.
  public let pixels: [UInt8]

  /// Creates an image from its samples.
  ///
  /// - Parameters:
  ///   - width: the number of columns; must be > 0.
  ///   - height: the number of rows; must be > 0.
  ///   - color: the meaning of the channels.
  ///   - pixels: exactly `height x width x color.channelCount` samples.
  public init(width: Int, height: Int, color: ColorMode, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "width and height must be > 0 (got \(width) x \(height))")
    precondition(
      pixels.count == width * height * color.channelCount,
      "pixels must have height x width x channels samples (got \(pixels.count))")
    self.width = width
    self.height = height
    self.color = color
    self.pixels = pixels
  }

  /// The width and height of the image.
  public var size: ImageSize { ImageSize(width: width, height: height) }

  /// Returns a rectangular part of the image, which must not be empty and must lie within the image.
  ///
  /// - Parameters:
  ///   - left: the first column of the part.
  ///   - top: the first row of the part.
  ///   - width: the number of columns of the part.
  ///   - height: the number of rows of the part.
  /// - Returns: an image of `width x height` pixels.
  public func cropped(left: Int, top: Int, width: Int, height: Int) -> Image {
    cropped(to: Rectangle(left: left, top: top, width: width, height: height))
  }

  package func cropped(to area: Rectangle) -> Image {
    precondition(area.width > 0 && area.height > 0, "the rectangle must not be empty")
    precondition(area.left >= 0 && area.top >= 0, "the rectangle must lie within the image")
    precondition(
      area.width <= width - area.left && area.height <= height - area.top, "the rectangle must lie within the image")
    if area.width == width, area.height == height { return self }
    let channels = color.channelCount
    var kept: [UInt8] = []
    kept.reserveCapacity(area.width * area.height * channels)
    for y in area.top..<area.top + area.height {
      let start = (y * width + area.left) * channels
      kept.append(contentsOf: pixels[start..<start + area.width * channels])
    }
    return Image(width: area.width, height: area.height, color: color, pixels: kept)
  }
}

/// A rectangle of whole pixels.
package struct Rectangle: Sendable, Hashable {
  package var left: Int
  package var top: Int
  package var width: Int
  package var height: Int

  package init(left: Int, top: Int, width: Int, height: Int) {
    self.left = left
    self.top = top
    self.width = width
    self.height = height
  }
}
