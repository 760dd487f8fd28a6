import CPerceptOpenBLAS
import PerceptPlatform

/// Float32 matrix products with OpenBLAS, which is loaded on first use. A product is computed on the calling thread, so
/// its bits do not depend on the number of cores; several threads can compute products at the same time.
package enum BLAS {
  /// The library, its version, and the type of core whose kernels it uses, such as "OpenBLAS 0.3.21, Haswell". Nil if it
  /// is not installed, or if its products are wrong.
  package static let kernel: String? = {
    let chosen = getenv("OPENBLAS_CORETYPE").map { String(cString: $0) }
    let types = coreTypes(hasAVX512: copenblas_has_avx512(), hasAVX2: copenblas_has_avx2(), chosen: chosen)
    for type in types {
      if let name = open(type) { return name }
    }
    return nil
  }()

  package static var isInstalled: Bool { kernel != nil }

  /// A matrix in row-major order.
  package struct Operand {
    fileprivate let elements: UnsafePointer<Float>
    fileprivate let stride: Int
    fileprivate let isTransposed: Bool
    package let rows: Int
    package let columns: Int

    /// `stride` is the number of elements from the start of a row to the start of the next; nil for `columns`.
    package init(_ elements: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
      self.init(elements, stride: stride ?? columns, isTransposed: false, rows: rows, columns: columns)
    }

    private init(_ elements: UnsafePointer<Float>, stride: Int, isTransposed: Bool, rows: Int, columns: Int) {
      self.elements = elements
      self.stride = stride
      self.isTransposed = isTransposed
      self.rows = rows
      self.columns = columns
    }

    /// Elements are not copied.
    package var transposed: Operand {
      Operand(elements, stride: stride, isTransposed: !isTransposed, rows: columns, columns: rows)
    }

    subscript(row: Int, column: Int) -> Float {
      isTransposed ? elements[column * stride + row] : elements[row * stride + column]
    }
  }

  /// Computes result = a · b in row-major order, for a rows x depth and a depth x columns matrix. `stride` is the number
  /// of elements from the start of a row of the result to the start of the next; nil for the number of columns. Check
  /// ``isInstalled`` first.
  package static func multiply(
    _ a: Operand, _ b: Operand, into result: UnsafeMutablePointer<Float>, stride: Int? = nil
  ) {
    precondition(a.columns == b.rows)
    copenblas_sgemm(
      a.isTransposed, b.isTransposed, Int32(a.rows), Int32(b.columns), Int32(a.columns), 1, a.elements,
      Int32(a.stride), b.elements, Int32(b.stride), 0, result, Int32(stride ?? b.columns))
  }

  /// Returns the types of cores to try in order, for a processor and the user's choice in `OPENBLAS_CORETYPE`. Nil lets
  /// OpenBLAS choose, which takes processors newer than itself for slow ones.
  package static func coreTypes(hasAVX512: Bool, hasAVX2: Bool, chosen: String?) -> [String?] {
    guard chosen == nil else { return [nil] }
    return (hasAVX512 ? ["SkylakeX"] : []) + (hasAVX2 ? ["Haswell"] : []) + [nil]
  }

  /// Opens the library with the kernels for a type of core. Returns its name, or nil if it is not installed or its
  /// products are wrong; then it is closed.
  private static func open(_ coreType: String?) -> String? {
    guard copenblas_open(coreType) else { return nil }
    guard isCorrect({ multiply($0, $1, into: $2) }) else {
      copenblas_close()
      return nil
    }
    let configuration = String(cString: copenblas_configuration()).split(separator: " ")
    return "\(configuration.prefix(2).joined(separator: " ")), \(String(cString: copenblas_core()))"
  }
}
