extension PixelGrid {
  /// The number of samples per new pixel, in both directions, that a reduced image must have.
  private static let oversampling = 5.0

  /// The same in a direction in which the part that is used begins or ends inside of a sample. The sample is a mean of
  /// pixels that are used and others: those beyond the border of a crop, or padding, whose color is arbitrary. An encoder
  /// repeats the last pixel, but a lossless crop leaves what was there.
  private static let oversamplingOfPartialSamples = 12.0

  /// Images with fewer pixels are always decoded at full size, which is cheap.
  private static let smallestReduced = 256 * 256

  /// Returns the largest of the denominators 8, 4, 2 and 1 at which a JPEG can be decoded for this grid.
  package func denominator(ofJPEG stored: ImageSize, orientation: Orientation) -> Int {
    guard stored.width * stored.height >= Self.smallestReduced else { return 1 }
    let placement = fit.placement(of: orientation.swapsSides ? stored.transposed : stored, in: size)
    return [8, 4, 2].first { denominator in
      let grid = SampleGrid(ofStored: stored, denominator: denominator, orientation: orientation)
      return Self.isEnough(grid.columns(of: placement.source).span, for: placement.target.width)
        && Self.isEnough(grid.rows(of: placement.source).span, for: placement.target.height)
    } ?? 1
  }

  private static func isEnough(_ samples: SampleSpan, for newCount: Int) -> Bool {
    samples.length >= (samples.isComplete ? oversampling : oversamplingOfPartialSamples) * Double(newCount)
  }
}
