extension PixelGrid {
  /// The number of samples per new pixel, in both directions, that a reduced image must have. No pixel of a photo then
  /// differs by more than 6 levels from that of the complete image, and 1 level on average.
  private static let oversampling = 4

  /// The same if the last samples of rows or columns are used and contain padding. Its color is arbitrary: an encoder
  /// repeats the last pixel, but a lossless crop leaves what was there. It is up to 2 of 8 pixels too much, at the edge.
  private static let oversamplingOfPadding = 12

  /// Images with fewer pixels are always decoded at full size, which is cheap.
  private static let smallestReduced = 256 * 256

  /// Returns the largest of the denominators 8, 4, 2 and 1 at which a JPEG can be decoded for this grid.
  package func denominator(ofJPEG stored: ImageSize, orientation: Orientation) -> Int {
    guard stored.width * stored.height >= Self.smallestReduced else { return 1 }
    let image = orientation.swapsSides ? stored.transposed : stored
    let placement = fit.placement(of: image, in: size)
    let (source, target) = (placement.source, placement.target)
    let isPrecise = { (denominator: Int) in
      Self.isPrecise(
        from: source.left, count: source.width, of: image.width, to: target.width, denominator: denominator)
        && Self.isPrecise(
          from: source.top, count: source.height, of: image.height, to: target.height, denominator: denominator)
    }
    return [8, 4, 2].first(where: isPrecise) ?? 1
  }

  /// Returns whether pixels along one direction can be reduced before they are resampled.
  private static func isPrecise(from first: Int, count: Int, of side: Int, to newCount: Int, denominator: Int) -> Bool {
    let padded = side % denominator  // the number of pixels that share a sample with padding, at one end
    let usesPadding = min(first, side - first - count) < padded
    return count >= (usesPadding ? oversamplingOfPadding : oversampling) * denominator * newCount
  }
}
