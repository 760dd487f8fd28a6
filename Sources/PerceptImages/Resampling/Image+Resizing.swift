extension Image {
  /// The picture at another size, equal to the last bit to Pillow's `resize(size, Resampling.BILINEAR)` (which, since
  /// Pillow 13, resamples columns first for some shapes, and then differs by rounding).
  ///
  /// Every new pixel is a weighted mean of the old ones under a triangle, which is as wide as the picture shrinks (so
  /// nothing aliases) and two pixels wide where it grows. Rows are resampled first, then columns, with samples rounded to
  /// 8 bits in between; a direction that keeps its length is left alone.
  ///
  /// - Parameter size: the size wanted.
  /// - Returns: a picture of that size, of the same color mode; itself where it has that size already.
  public func resized(to size: ImageSize) -> Image {
    if size == self.size { return self }
    return resized(Rectangle(left: 0, top: 0, width: width, height: height), to: size)
  }

  /// `cropped(to: area).resized(to: size)` without the copy in between.
  package func resized(_ area: Rectangle, to size: ImageSize) -> Image {
    let rowLength = size.width * color.channelCount
    let pixels = [UInt8](unsafeUninitializedCapacity: size.height * rowLength) { result, initialized in
      guard let result = result.baseAddress else { return }
      withSamples(of: area) { Resampler().resample($0, to: size, into: result, stride: rowLength) }
      initialized = size.height * rowLength
    }
    return Image(width: size.width, height: size.height, color: color, pixels: pixels)
  }
}
