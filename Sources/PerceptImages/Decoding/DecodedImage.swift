/// An image as a decoder returns it: upright, and possibly reduced.
package struct DecodedImage {
  /// The samples.
  package let image: Image
  /// The pixels that the samples stand for.
  let grid: SampleGrid

  /// An image that is not reduced.
  package init(_ image: Image) {
    self.init(image, on: SampleGrid(ofStored: image.size, denominator: 1, orientation: .upright))
  }

  init(_ image: Image, on grid: SampleGrid) {
    self.image = image
    self.grid = grid
  }

  /// Calls `body` with the samples of a part of the image, in pixels. They are valid only during the call.
  func withSamples(of part: Rectangle, _ body: (SampleArea) -> Void) {
    let (column, columns) = grid.columns(of: part)
    let (row, rows) = grid.rows(of: part)
    let channels = image.color.channelCount
    image.pixels.withUnsafeBufferPointer { pixels in
      guard let start = pixels.baseAddress else { return }
      body(
        SampleArea(
          start: start + (row * image.width + column) * channels, stride: image.width * channels, columns: columns,
          rows: rows, channels: channels))
    }
  }
}
