package import PerceptImages

/// Images of the same size in a square, separated by lines of one pixel in gray (half of white), like `montage` in the article.
package struct Montage: Sendable, Hashable {
  package let images: [Image]

  package init(_ images: [Image]) {
    precondition(!images.isEmpty, "a montage requires at least one image")
    precondition(images.allSatisfy { $0.size == images[0].size }, "all images of a montage must have the same size")
    self.images = images
  }

  /// The number of images per row, ⌈√count⌉.
  package var columns: Int { Self.columns(of: images.count) }

  package static func columns(of count: Int) -> Int {
    var side = 1
    while side * side < count { side += 1 }
    return side
  }

  /// An image of columns x (width + 1) + 1 by columns x (height + 1) + 1 pixels. Positions without an image are gray.
  package var image: Image {
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
