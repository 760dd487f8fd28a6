extension Image {
  /// Returns the image at another size by copying pixels, with ``Interpolation/none`` or ``Interpolation/nearest``.
  func copied(to size: ImageSize, by method: Interpolation) -> Image {
    let channels = color.channelCount
    let columns = Self.sources(from: width, to: size.width, by: method)
    let rows = Self.sources(from: height, to: size.height, by: method)
    let lastRows = lastColumnSources(to: size, by: method)
    let rowLength = size.width * channels
    var copies: [UInt8] = []
    copies.reserveCapacity(size.height * rowLength)
    for (row, lastRow) in zip(rows, lastRows) {
      for column in columns.dropLast() { append(row: row, column: column, to: &copies) }
      append(row: lastRow, column: columns[size.width - 1], to: &copies)
    }
    return Image(width: size.width, height: size.height, color: color, pixels: copies)
  }

  @inline(__always)
  private func append(row: Int, column: Int, to copies: inout [UInt8]) {
    let start = (row * width + column) * color.channelCount
    for c in 0..<color.channelCount { copies.append(pixels[start + c]) }
  }

  /// Returns the old pixel for each new pixel along one direction, in integer arithmetic: the center `(2i + 1) old / 2 new`
  /// rounded down. If the center lies exactly between two pixels, `nearest` uses the first of them.
  private static func sources(from old: Int, to new: Int, by method: Interpolation) -> [Int] {
    let tie = method == .nearest ? 1 : 0
    return (0..<new).map { ((2 * $0 + 1) * old - tie) / (2 * new) }
  }

  /// Returns the old row for each new pixel in the last column. In all other columns, matplotlib allows for rounding
  /// errors when a center lies exactly between two pixels. In the last column it does not: the row depends on the last
  /// bit of Float64 arithmetic, from the bottom up with an inverted matrix, which this repeats in the same order.
  private func lastColumnSources(to size: ImageSize, by method: Interpolation) -> [Int] {
    let across = Double(size.width) / Double(width)
    let down = Double(size.height) / Double(height)
    let step = across * (1 / (across * down))
    let centers = (0..<size.height).map { Double(size.height - 1 - $0) + 0.5 }
    switch method {
    case .nearest: return centers.map { height - 1 - min(height - 1, Int($0 * step)) }
    default: return centers.map { min(height - 1, max(0, Int(Double(size.height) * step - $0 * step))) }
    }
  }
}
