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
    resized(Rectangle(left: 0, top: 0, width: width, height: height), to: size)
  }

  /// `cropped(to: area).resized(to: size)` without the copy in between.
  package func resized(_ area: Rectangle, to size: ImageSize) -> Image {
    if area.width == size.width, area.height == size.height { return cropped(to: area) }
    let channels = color.channelCount
    if area.height == size.height {
      return Image(width: size.width, height: size.height, color: color, pixels: rowsResampled(area, to: size.width))
    }
    if area.width == size.width {
      let start = (area.top * width + area.left) * channels
      let columns = Self.columnsResampled(
        pixels, from: start, stride: width * channels, rowCount: area.height, rowLength: area.width * channels,
        to: size.height)
      return Image(width: size.width, height: size.height, color: color, pixels: columns)
    }
    let rowLength = size.width * channels
    let columns = Self.columnsResampled(
      rowsResampled(area, to: size.width), from: 0, stride: rowLength, rowCount: area.height, rowLength: rowLength,
      to: size.height)
    return Image(width: size.width, height: size.height, color: color, pixels: columns)
  }

  /// Every row of `area` at a new width: `area.height x newWidth x channels` samples.
  private func rowsResampled(_ area: Rectangle, to newWidth: Int) -> [UInt8] {
    let taps = ResamplingTaps(from: area.width, to: newWidth)
    let channels = color.channelCount
    let count = area.height * newWidth * channels
    return [UInt8](unsafeUninitializedCapacity: count) { result, initialized in
      pixels.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, var to = result.baseAddress else { return }
        for y in area.top..<area.top + area.height {
          let row = from + (y * width + area.left) * channels
          if channels == 3 { taps.applyToRGB(row, into: to) } else { taps.applyToGray(row, into: to) }
          to += newWidth * channels
        }
      }
      initialized = count
    }
  }

  /// Every column at a new height: `newHeight x rowLength` samples.
  private static func columnsResampled(
    _ pixels: [UInt8], from start: Int, stride: Int, rowCount: Int, rowLength: Int, to newHeight: Int
  ) -> [UInt8] {
    let taps = ResamplingTaps(from: rowCount, to: newHeight)
    let count = newHeight * rowLength
    return [UInt8](unsafeUninitializedCapacity: count) { result, initialized in
      pixels.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, let to = result.baseAddress else { return }
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: rowLength) { sums in
          guard let sums = sums.baseAddress else { return }
          for y in 0..<newHeight {
            taps.applyToRows(from + start, stride: stride, output: y, sums: sums, count: rowLength)
            for x in 0..<rowLength { to[y &* rowLength &+ x] = ResamplingTaps.level(sums[x]) }
          }
        }
      }
      initialized = count
    }
  }
}
