import PerceptLinearAlgebra
import Testing

@Suite("Matrix products with OpenBLAS")
struct BLASTests {
  init() throws {
    try #require(BLAS.isInstalled)
  }

  /// A matrix of random numbers, stored with more elements between its rows than it has columns.
  private struct RandomMatrix {
    let rows: Int
    let columns: Int
    let stride: Int
    let isTransposed: Bool
    private let elements: [Float]

    init(_ rows: Int, _ columns: Int, isTransposed: Bool, gap: Int, using generator: inout SeededGenerator) {
      (self.rows, self.columns, self.isTransposed) = (rows, columns, isTransposed)
      stride = (isTransposed ? rows : columns) + gap
      elements = (0..<stride * (isTransposed ? columns : rows)).map { _ in Float.random(in: -1...1, using: &generator) }
    }

    subscript(row: Int, column: Int) -> Float {
      isTransposed ? elements[column * stride + row] : elements[row * stride + column]
    }

    func withOperand(_ body: (BLAS.Operand) -> Void) {
      elements.withUnsafeBufferPointer { elements in
        guard let elements = elements.baseAddress else { return }
        body(
          isTransposed
            ? BLAS.Operand(elements, rows: columns, columns: rows, stride: stride).transposed
            : BLAS.Operand(elements, rows: rows, columns: columns, stride: stride))
      }
    }
  }

  private static let shapes = [
    (1, 1, 1), (1, 10, 784), (3, 5, 7), (16, 16, 16), (17, 31, 65), (64, 10, 128), (128, 10, 10), (100, 256, 33),
    (96, 130, 520),
  ]

  @Test(
    "a product equals the sums of its definition for all transpositions, and leaves what is between its rows",
    arguments: shapes, [0, 3])
  func products(shape: (rows: Int, columns: Int, depth: Int), gap: Int) {
    var generator = SeededGenerator(seed: 1)
    for transpositions in 0..<4 {
      let a = RandomMatrix(
        shape.rows, shape.depth, isTransposed: transpositions & 1 == 1, gap: gap, using: &generator)
      let b = RandomMatrix(
        shape.depth, shape.columns, isTransposed: transpositions & 2 == 2, gap: gap, using: &generator)
      let stride = shape.columns + gap
      var result = [Float](repeating: .infinity, count: shape.rows * stride)
      a.withOperand { a in b.withOperand { b in BLAS.multiply(a, b, into: &result, stride: stride) } }
      for (index, value) in result.enumerated() {
        let (row, column) = index.quotientAndRemainder(dividingBy: stride)
        guard column < shape.columns else {
          #expect(value == .infinity)
          continue
        }
        let expected = (0..<shape.depth).reduce(0.0) { $0 + Double(a[row, $1]) * Double(b[$1, column]) }
        #expect(abs(Double(value) - expected) <= 1e-6 * Double(shape.depth))
      }
    }
  }

  @Test("the types of cores to try follow the processor, unless the user has chosen one")
  func coreTypes() {
    #expect(BLAS.coreTypes(hasAVX512: true, hasAVX2: true, chosen: nil) == ["SkylakeX", "Haswell", nil])
    #expect(BLAS.coreTypes(hasAVX512: false, hasAVX2: true, chosen: nil) == ["Haswell", nil])
    #expect(BLAS.coreTypes(hasAVX512: false, hasAVX2: false, chosen: nil) == [nil])
    #expect(BLAS.coreTypes(hasAVX512: true, hasAVX2: true, chosen: "Zen") == [nil])
  }

  @Test("the kernel is named by library, version and type of core")
  func kernel() throws {
    let words = try #require(BLAS.kernel).split(separator: " ")
    #expect(words.count == 3 && words[0] == "OpenBLAS" && words[1].hasSuffix(","))
  }

  @Test("the self-check accepts correct products, and rejects products with one wrong element")
  func selfCheck() {
    typealias Multiply = (BLAS.Operand, BLAS.Operand, UnsafeMutablePointer<Float>) -> Void
    let correct: Multiply = { BLAS.multiply($0, $1, into: $2) }
    #expect(BLAS.isCorrect(correct))
    let wrong: [(String, Multiply)] = [
      ("nothing written", { _, _, _ in }),
      (
        "last element",
        { a, b, result in
          correct(a, b, result)
          result[a.rows * b.columns - 1] += 1
        }
      ),
      (
        "two elements swapped",
        { a, b, result in
          correct(a, b, result)
          guard a.rows * b.columns > 1 else { return }
          (result[0], result[1]) = (result[1], result[0])
        }
      ),
      (
        "only large products",
        { a, b, result in
          correct(a, b, result)
          if a.columns == 397 { result[1000] += 1 }
        }
      ),
      (
        "added to what was there",
        { a, b, result in
          let before = result[0]
          correct(a, b, result)
          result[0] += before
        }
      ),
    ]
    for (name, multiply) in wrong { #expect(!BLAS.isCorrect(multiply), "\(name)") }
  }
}
