public import PerceptImages

/// Pictures of one size side by side in a square, with borders of one pixel in gray (0.5 between black and white), as the
/// article's `montage` draws them.
public struct Montage: Sendable, Hashable {
  /// The pictures, row by row; all of one size.
  public let images: [Image]

  /// A montage of pictures.
  ///
  /// - Parameter images: at least one, all of one size.
  public init(_ images: [Image]) {
    precondition(!images.isEmpty, "a montage has at least one picture")
    precondition(images.allSatisfy { $0.size == images[0].size }, "the pictures of a montage are of one size")
    self.images = images
  }

  /// How many pictures stand in a row, ⌈√count⌉.
  public var columns: Int { Self.columns(of: images.count) }

  /// How many of so many pictures stand in a row.
  package static func columns(of count: Int) -> Int {
    var side = 1
    while side * side < count { side += 1 }
    return side
  }

  /// The montage as one picture: columns x (width + 1) + 1 wide, columns x (height + 1) + 1 high; places without a picture
  /// stay gray.
  public var image: Image {
    let (width, height, columns) = (images[0].width, images[0].height, columns)
    let isColored = images.contains { $0.color == .rgb }
    let channels = isColored ? 3 : 1
    let stride = (columns * (width + 1) + 1) * channels
    var pixels = [UInt8](repeating: 127, count: stride * (columns * (height + 1) + 1))
    for (index, image) in images.enumerated() {
      let samples = image.converted(to: isColored ? .rgb : .gray).pixels
      let left = (1 + index % columns * (width + 1)) * channels
      let top = 1 + index / columns * (height + 1)
      for row in 0..<height {
        let start = (top + row) * stride + left
        pixels.replaceSubrange(
          start..<start + width * channels, with: samples[row * width * channels..<(row + 1) * width * channels])
      }
    }
    return Image(
      width: columns * (width + 1) + 1, height: columns * (height + 1) + 1, color: isColored ? .rgb : .gray,
      pixels: pixels)
  }
}
