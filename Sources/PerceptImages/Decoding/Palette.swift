/// The colors of an image whose pixels are indices into a table.
struct Palette {
  /// The number of colors that a byte can select.
  private static let largestCount = 256

  /// 256 colors with three channels each. Those that the file does not contain are black.
  private let colors: [UInt8]
  /// Whether the file contains only grays.
  let isGray: Bool

  /// - Parameter colors: the red, green and blue of each color in a row. Only the first 256 colors are used.
  init(_ colors: some Collection<UInt8>) {
    var own = Array(colors.prefix(3 * Self.largestCount))
    own.append(contentsOf: repeatElement(0, count: 3 * Self.largestCount - own.count))
    self.colors = own
    isGray = stride(from: 0, to: own.count, by: 3).allSatisfy { Set(own[$0..<$0 + 3]).count == 1 }
  }

  /// 256 grays, from black to white.
  static let grays = Palette((0..<3 * largestCount).map { UInt8(truncatingIfNeeded: $0 / 3) })

  /// Returns an image with a color for each index. It is gray if the palette is. Pixels with the index `transparent` are
  /// white, which is what transparent pixels are composited over. `indices` returns to `memory`.
  func image(_ size: ImageSize, of indices: [UInt8], transparent: UInt8? = nil, in memory: SampleMemory) -> Image {
    var colors = colors
    if let transparent { for c in 0..<3 { colors[3 * Int(transparent) + c] = 255 } }
    let color: ColorMode = isGray ? .gray : .rgb
    let channels = color.channelCount
    let pixels = memory.samples(
      indices.count * channels,
      setBy: { pixels in
        for (i, index) in indices.enumerated() {
          for c in 0..<channels { pixels[channels &* i &+ c] = colors[3 &* Int(index) &+ c] }
        }
      })
    memory.reuse(indices)
    return Image(width: size.width, height: size.height, color: color, pixels: pixels)
  }
}
