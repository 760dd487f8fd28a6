/// The squares of pixels whose means are the samples of a reduced image. In stored rows and columns, the last square may
/// extend beyond the image. In those that the orientation reverses, it is the first.
struct SampleGrid {
  /// The size of the upright image in pixels.
  let size: ImageSize
  /// The side of the squares, in pixels; 1 if the image is not reduced.
  let denominator: Int
  /// The position of the first square, in pixels: 0, or less if it extends beyond the image.
  private let left: Int
  private let top: Int

  init(ofStored stored: ImageSize, denominator: Int, orientation: Orientation) {
    size = orientation.swapsSides ? stored.transposed : stored
    self.denominator = denominator
    let squares = Self.squares(in: size, denominator: denominator)
    left = orientation.reversesRows ? size.width - denominator * squares.width : 0
    top = orientation.reversesColumns ? size.height - denominator * squares.height : 0
  }

  /// Returns the number of squares in the rows and columns of an image, as libjpeg rounds it: up.
  static func squares(in size: ImageSize, denominator: Int) -> ImageSize {
    ImageSize(
      width: (size.width + denominator - 1) / denominator, height: (size.height + denominator - 1) / denominator)
  }

  /// Returns the first column of samples of a part of the image, in pixels, and the part within the samples from there on.
  func columns(of part: Rectangle) -> (first: Int, span: SampleSpan) { span(from: part.left - left, count: part.width) }

  /// Returns the same for rows.
  func rows(of part: Rectangle) -> (first: Int, span: SampleSpan) { span(from: part.top - top, count: part.height) }

  private func span(from first: Int, count: Int) -> (first: Int, span: SampleSpan) {
    let side = Double(denominator)
    let start = Double(first % denominator) / side
    return (first / denominator, SampleSpan(start: start, length: Double(count) / side))
  }
}
