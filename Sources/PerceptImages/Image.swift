/// An 8-bit picture: rows from top to bottom, pixels from left to right, channels together.
///
/// The sample of channel `c` at column `x` of row `y` is `pixels[(y * width + x) * color.channelCount + c]`. A picture
/// that was read from a file is upright: the file's orientation has been applied.
public struct Image: Sendable, Hashable {
  /// Columns; greater than 0.
  public let width: Int
  /// Rows; greater than 0.
  public let height: Int
  /// The meaning of the channels.
  public let color: ColorMode
  /// The samples, `height x width x color.channelCount`, each 0 (black) to 255.
  public let pixels: [UInt8]

  /// A picture of given samples.
  ///
  /// - Parameters:
  ///   - width: columns, greater than 0.
  ///   - height: rows, greater than 0.
  ///   - color: the meaning of the channels.
  ///   - pixels: `height x width x color.channelCount` samples.
  /// - Precondition: the sizes are positive and the samples are as many as they ask for.
  public init(width: Int, height: Int, color: ColorMode, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "a picture has at least one pixel")
    precondition(pixels.count == width * height * color.channelCount, "height x width x channels samples are needed")
    self.width = width
    self.height = height
    self.color = color
    self.pixels = pixels
  }

  /// Width and height together.
  public var size: ImageSize { ImageSize(width: width, height: height) }

  /// A rectangle cut out of the picture.
  ///
  /// - Parameters:
  ///   - left: the first column kept.
  ///   - top: the first row kept.
  ///   - width: the columns kept.
  ///   - height: the rows kept.
  /// - Returns: a picture of `width x height`.
  /// - Precondition: the rectangle is not empty and lies within the picture.
  public func cropped(left: Int, top: Int, width: Int, height: Int) -> Image {
    cropped(to: Rectangle(left: left, top: top, width: width, height: height))
  }

  package func cropped(to area: Rectangle) -> Image {
    precondition(area.left >= 0 && area.top >= 0 && area.width > 0 && area.height > 0, "the rectangle is outside")
    precondition(area.width <= width - area.left && area.height <= height - area.top, "the rectangle is outside")
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
