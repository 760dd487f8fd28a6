import CPerceptOpenBLAS

/// Products of matrices of Float32, by OpenBLAS, which is opened on first use and works on all cores.
package enum BLAS {
  /// Whether OpenBLAS is there.
  package static var isInstalled: Bool { copenblas_is_installed() }

  /// A matrix, row by row without gaps.
  package struct Operand {
    let elements: UnsafePointer<Float>
    let rows: Int
    let columns: Int
    let isTransposed: Bool

    /// A matrix as it is stored.
    package init(_ elements: UnsafePointer<Float>, rows: Int, columns: Int) {
      self.init(elements, rows: rows, columns: columns, isTransposed: false)
    }

    private init(_ elements: UnsafePointer<Float>, rows: Int, columns: Int, isTransposed: Bool) {
      self.elements = elements
      self.rows = rows
      self.columns = columns
      self.isTransposed = isTransposed
    }

    /// The same matrix with rows and columns exchanged.
    package var transposed: Operand {
      Operand(elements, rows: rows, columns: columns, isTransposed: !isTransposed)
    }

    var shape: (rows: Int, columns: Int) { isTransposed ? (columns, rows) : (rows, columns) }
  }

  /// result = a · b.
  ///
  /// - Parameters:
  ///   - a: rows x depth.
  ///   - b: depth x columns.
  ///   - result: receives rows x columns numbers.
  package static func multiply(_ a: Operand, _ b: Operand, into result: UnsafeMutablePointer<Float>) {
    let (rows, depth) = a.shape
    precondition(depth == b.shape.rows)
    copenblas_sgemm(
      a.isTransposed, b.isTransposed, Int32(rows), Int32(b.shape.columns), Int32(depth), 1, a.elements,
      Int32(a.columns),
      b.elements, Int32(b.columns), 0, result, Int32(b.shape.columns))
  }
}
