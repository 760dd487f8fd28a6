/// An image as a decoder returns it: upright, and possibly reduced. Each sample of a reduced image is the mean of a square
/// of pixels. The squares at one end of a row or column may extend beyond the image.
package struct DecodedImage {
  /// The samples.
  package let image: Image
  /// The size of the upright image in pixels.
  let size: ImageSize
  /// The side of the squares of pixels; 1 if the image is not reduced.
  let denominator: Int
  /// The position of the first square, in pixels: 0, or less if it extends beyond the image.
  private let left: Int
  private let top: Int

  /// An image that is not reduced.
  package init(_ image: Image) {
    self.image = image
    size = image.size
    denominator = 1
    left = 0
    top = 0
  }

  /// An upright image, reduced from one that is stored with a size and an orientation. In stored rows and columns, the
  /// last square may extend beyond the image, so in reversed ones, it is the first.
  init(_ image: Image, of stored: ImageSize, denominator: Int, orientation: Orientation) {
    self.image = image
    self.denominator = denominator
    size = orientation.swapsSides ? stored.transposed : stored
    left = orientation.reversesRows ? size.width - denominator * image.width : 0
    top = orientation.reversesColumns ? size.height - denominator * image.height : 0
  }

  /// Calls `body` with the samples of a part of the image, in pixels. They are valid only during the call.
  func withSamples(of part: Rectangle, _ body: (SampleArea) -> Void) {
    let (firstColumn, columns) = span(from: part.left - left, count: part.width)
    let (firstRow, rows) = span(from: part.top - top, count: part.height)
    let channels = image.color.channelCount
    image.pixels.withUnsafeBufferPointer { pixels in
      guard let start = pixels.baseAddress else { return }
      body(
        SampleArea(
          start: start + (firstRow * image.width + firstColumn) * channels, stride: image.width * channels,
          columns: columns, rows: rows, channels: channels))
    }
  }

  /// Returns the first sample of a part of a row or column, and the part within the samples from there on.
  private func span(from first: Int, count: Int) -> (first: Int, span: SampleSpan) {
    let side = Double(denominator)
    return (
      first / denominator, SampleSpan(start: Double(first % denominator) / side, length: Double(count) / side)
    )
  }
}
