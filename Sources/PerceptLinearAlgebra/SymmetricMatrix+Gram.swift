import CPerceptKernels

extension SymmetricMatrix {
  /// Computes the Gram matrix X·Xᵀ of `count` rows of `features` bytes, valid during the call, on all cores, in
  /// O(`count`² · `features`). Its elements are integers and exact in Float64: they are below 2⁵³ for up to 10¹¹
  /// features.
  package convenience init(gramOf count: Int, features: Int, row: @Sendable (Int) -> UnsafePointer<UInt8>) {
    self.init(count: count)
    nonisolated(unsafe) let elements = elements
    let stride = stride
    // Tiles of 16 x 16 examples, so that the rows of a pair of tiles are read from the cache, not from memory.
    let tiles = (count + 15) / 16
    concurrently(tiles * (tiles + 1) / 2) { index in
      let (i, j) = Self.pair(index)
      Self.fill(
        elements, stride, rows: i * 16..<min(i * 16 + 16, count), columns: j * 16..<min(j * 16 + 16, count),
        features, row)
    }
  }

  /// Returns the pair j ≤ i at an index of the order (0, 0), (1, 0), (1, 1), (2, 0), …
  private static func pair(_ index: Int) -> (i: Int, j: Int) {
    var i = Int((Double(8 * index + 1).squareRoot() - 1) / 2)
    while (i + 1) * (i + 2) / 2 <= index { i += 1 }
    while i * (i + 1) / 2 > index { i -= 1 }
    return (i, index - i * (i + 1) / 2)
  }

  /// Fills the 4 x 4 blocks of a pair of tiles, up to the diagonal.
  private static func fill(
    _ elements: UnsafeMutablePointer<Double>, _ stride: Int, rows: Range<Int>, columns: Range<Int>, _ features: Int,
    _ row: (Int) -> UnsafePointer<UInt8>
  ) {
    withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: 8) { pointers in
      withUnsafeTemporaryAllocation(of: Int64.self, capacity: 16) { products in
        guard let left = pointers.baseAddress else { return }
        for i in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: 4) {
          for j in Swift.stride(from: columns.lowerBound, to: min(columns.upperBound, i + 1), by: 4) {
            // Repeat the last row where fewer than four rows are left.
            for r in 0..<4 {
              pointers.initializeElement(at: r, to: row(min(i + r, rows.upperBound - 1)))
              pointers.initializeElement(at: 4 + r, to: row(min(j + r, columns.upperBound - 1)))
            }
            PixelKernels.best.products(left, left + 4, products.baseAddress, features)
            for r in 0..<min(4, rows.upperBound - i) {
              for c in 0..<min(4, columns.upperBound - j) {
                elements[(i + r) * stride + j + c] = Double(products[4 * r + c])
              }
            }
          }
        }
      }
    }
  }
}
