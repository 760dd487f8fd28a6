/// How the samples of a pixel follow each other in memory, one byte each.
public enum PixelFormat: Sendable, Hashable, CaseIterable {
  /// One gray level.
  case gray
  /// Red, green, and blue.
  case rgb
  /// Red, green, blue, and alpha. Colors are not multiplied by alpha.
  case rgba
  /// Blue, green, red, and alpha, as many cameras and screens store them. Colors are not multiplied by alpha.
  case bgra

  /// The number of bytes of a pixel.
  public var bytesPerPixel: Int {
    switch self {
    case .gray: 1
    case .rgb: 3
    case .rgba, .bgra: 4
    }
  }
}

extension Image {
  /// Creates an image from a buffer of pixels, such as a frame of a camera. Transparent pixels are composited over white,
  /// as those of image files are. Takes time and memory proportional to the number of pixels.
  ///
  /// - Parameters:
  ///   - width: the number of columns; must be > 0.
  ///   - height: the number of rows; must be > 0.
  ///   - format: how pixels are stored.
  ///   - pixels: the rows from top to bottom, such as a `[UInt8]`, a `Data` or an `UnsafeRawBufferPointer`.
  ///   - bytesPerRow: the number of bytes from the start of a row to the start of the next; nil if rows follow each other
  ///     without padding.
  public init(
    width: Int, height: Int, format: PixelFormat, pixels: some Collection<UInt8>, bytesPerRow: Int? = nil
  ) {
    precondition(width > 0 && height > 0, "width and height must be > 0 (got \(width) x \(height))")
    let used = width * format.bytesPerPixel
    let rowBytes = bytesPerRow ?? used
    precondition(rowBytes >= used, "bytesPerRow must be at least \(used) (got \(rowBytes))")
    precondition(
      pixels.count >= (height - 1) * rowBytes + used, "pixels must have \((height - 1) * rowBytes + used) bytes or more"
    )
    var samples = Array(pixels)
    if rowBytes != used {
      samples = (0..<height).reduce(into: []) { $0 += samples[$1 * rowBytes..<$1 * rowBytes + used] }
    } else {
      samples.removeLast(samples.count - used * height)
    }
    if format == .bgra { for i in stride(from: 0, to: samples.count, by: 4) { samples.swapAt(i, i + 2) } }
    self.init(
      width: width, height: height, color: format == .gray ? .gray : .rgb,
      pixels: format.bytesPerPixel == 4 ? Alpha.straight.overWhite(samples, channelCount: 4) : samples)
  }
}
