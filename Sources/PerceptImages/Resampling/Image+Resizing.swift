extension Image {
  /// Returns the image resized with antialiased bilinear filtering. The result is bit-identical to Pillow's
  /// `resize(size, Resampling.BILINEAR)`, except that Pillow 13 and later resamples columns first for some shapes,
  /// which gives different rounding. Every new pixel is a mean of old pixels, weighted with a triangle. When the image
  /// shrinks, the triangle widens by the same factor, which prevents aliasing; when it grows, the triangle is two
  /// pixels wide. Rows are resampled first, then columns, and samples are rounded to 8 bits in between. A direction
  /// that keeps its length is not filtered.
  package func resized(to size: ImageSize) -> Image {
    if size == self.size { return self }
    return resized(Rectangle(left: 0, top: 0, width: width, height: height), to: size)
  }

  /// Returns `cropped(to: area).resized(to: size)`, without the intermediate copy.
  package func resized(_ area: Rectangle, to size: ImageSize) -> Image {
    let rowLength = size.width * color.channelCount
    let pixels = [UInt8](unsafeUninitializedCapacity: size.height * rowLength) { result, initialized in
      guard let result = result.baseAddress else { return }
      DecodedImage(self).withSamples(of: area) { Resampler().resample($0, to: size, into: result, stride: rowLength) }
      initialized = size.height * rowLength
    }
    return Image(width: size.width, height: size.height, color: color, pixels: pixels)
  }
}
