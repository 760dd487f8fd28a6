/// A dense matrix of Float64 in row-major order.
public struct Matrix: Sendable, Hashable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The elements, `rows x columns`, in row-major order.
  public var elements: [Double]

  /// Creates a matrix from its elements.
  ///
  /// - Parameters:
  ///   - rows: the number of rows.
  ///   - columns: the number of columns.
  ///   - elements: exactly `rows x columns` values in row-major order.
  public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(
      elements.count == rows * columns,
      "a \(rows) x \(columns) matrix must have \(rows * columns) elements (got \(elements.count))")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// Returns a matrix of zeros.
  public static func zeros(rows: Int, columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns, elements: Array(repeating: 0, count: rows * columns))
  }
}
