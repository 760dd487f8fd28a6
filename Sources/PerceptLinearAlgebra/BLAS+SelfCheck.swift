extension BLAS {
  package typealias Product = (Operand, Operand, UnsafeMutablePointer<Float>) -> Void

  /// Returns whether a function computes the product of two matrices, for all transpositions and for shapes that are not
  /// multiples of vectors and tiles.
  package static func isCorrect(_ multiply: Product) -> Bool {
    let shapes = [(1, 1, 1), (5, 3, 400), (33, 10, 17), (150, 133, 397)]
    // Small whole numbers, so that every sum is exact in any order.
    let elements: [Float] = (0..<150 * 400).map { index in Float(index &* index % 31 - 15) }
    return elements.withUnsafeBufferPointer { elements in
      guard let elements = elements.baseAddress else { return false }
      return shapes.allSatisfy { rows, columns, depth in
        matrices(elements, rows, depth).allSatisfy { a in
          matrices(elements, depth, columns).allSatisfy { b in isCorrect(multiply, a, b) }
        }
      }
    }
  }

  /// Returns matrices of a shape, with and without transposition.
  private static func matrices(_ elements: UnsafePointer<Float>, _ rows: Int, _ columns: Int) -> [Operand] {
    [Operand(elements, rows: rows, columns: columns), Operand(elements, rows: columns, columns: rows).transposed]
  }

  /// Compares (A·B)·x with A·(B·x) for a vector x, which takes much less time than a product (Freivalds' algorithm).
  private static func isCorrect(_ multiply: Product, _ a: Operand, _ b: Operand) -> Bool {
    // A product must replace what was in its memory, even values that would stay in every sum.
    var result = [Float](repeating: .nan, count: a.rows * b.columns)
    multiply(a, b, &result)
    let x: [Double] = (0..<b.columns).map { column in Double(1 + column &* column % 11) }
    return result.withUnsafeBufferPointer { result in
      guard let result = result.baseAddress else { return false }
      return Operand(result, rows: a.rows, columns: b.columns).times(x) == a.times(b.times(x))
    }
  }
}

extension BLAS.Operand {
  fileprivate func times(_ vector: [Double]) -> [Double] {
    (0..<rows).map { row in
      var sum = 0.0
      for column in vector.indices { sum += Double(self[row, column]) * vector[column] }
      return sum
    }
  }
}
