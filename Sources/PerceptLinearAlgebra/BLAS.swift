import CPerceptOpenBLAS

/// Float32 matrix products with OpenBLAS, which is loaded on first use and runs on all cores.
package enum BLAS {
  package static var isInstalled: Bool { copenblas_is_installed() }

  /// A matrix in row-major order, without padding.
  package struct Operand {
    let elements: UnsafePointer<Float>
    let rows: Int
    let columns: Int
    let isTransposed: Bool

    package init(_ elements: UnsafePointer<Float>, rows: Int, columns: Int) {
      self.init(elements, rows: rows, columns: columns, isTransposed: false)
    }

    private init(_ elements: UnsafePointer<Float>, rows: Int, columns: Int, isTransposed: Bool) {
      self.elements = elements
      self.rows = rows
      self.columns = columns
      self.isTransposed = isTransposed
    }

    /// Elements are not copied.
    package var transposed: Operand {
      Operand(elements, rows: rows, columns: columns, isTransposed: !isTransposed)
    }

    var shape: (rows: Int, columns: Int) { isTransposed ? (columns, rows) : (rows, columns) }
  }

  /// Computes result = a · b in row-major order, for a rows x depth and a depth x columns matrix. Check ``isInstalled``
  /// first: without OpenBLAS, this does nothing.
  package static func multiply(_ a: Operand, _ b: Operand, into result: UnsafeMutablePointer<Float>) {
    let (rows, depth) = a.shape
    precondition(depth == b.shape.rows)
    copenblas_sgemm(
      a.isTransposed, b.isTransposed, Int32(rows), Int32(b.shape.columns), Int32(depth), 1, a.elements,
      Int32(a.columns),
      b.elements, Int32(b.columns), 0, result, Int32(b.shape.columns))
  }
}
