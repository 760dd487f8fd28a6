/// A dense matrix of Float64, row by row.
public struct Matrix: Sendable, Hashable {
  /// How many rows there are.
  public let rows: Int
  /// How many columns there are.
  public let columns: Int
  /// All elements, `rows x columns`, row by row.
  public var elements: [Double]

  /// A matrix of given elements.
  ///
  /// - Parameters:
  ///   - rows: how many rows.
  ///   - columns: how many columns.
  ///   - elements: `rows x columns` values, row by row.
  public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(elements.count == rows * columns, "\(elements.count) elements do not fill \(rows) x \(columns)")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// A matrix of zeros.
  public static func zeros(rows: Int, columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns, elements: Array(repeating: 0, count: rows * columns))
  }
}
