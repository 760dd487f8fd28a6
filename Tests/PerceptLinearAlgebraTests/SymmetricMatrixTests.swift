import PerceptLinearAlgebra
import Testing

@Suite("Symmetric matrix")
struct SymmetricMatrixTests {
  private static func rows(_ count: Int, features: Int, from lowest: UInt8 = 0) -> [[UInt8]] {
    var generator = SeededGenerator(seed: 3)
    return (0..<count).map { _ in (0..<features).map { _ in UInt8.random(in: lowest...255, using: &generator) } }
  }

  private static func gram(of rows: [[UInt8]]) throws -> SymmetricMatrix {
    let flat = rows.flatMap { $0 }
    return try flat.withUnsafeBufferPointer { flat in
      nonisolated(unsafe) let base = try #require(flat.baseAddress)
      let features = rows[0].count
      return SymmetricMatrix(gramOf: rows.count, features: features) { base + $0 * features }
    }
  }

  private static func product(_ matrix: SymmetricMatrix, _ vector: [Double]) -> [Double] {
    var products = [Double](repeating: .nan, count: vector.count)
    products.withUnsafeMutableBufferPointer { products in
      vector.withUnsafeBufferPointer { matrix.multiply($0, into: products) }
    }
    return products
  }

  @Test(
    "every element of a Gram matrix is exact", arguments: [(1, 5), (2, 1), (5, 7), (16, 33), (17, 100), (50, 40_000)])
  func gram(count: Int, features: Int) throws {
    let rows = Self.rows(count, features: features, from: 200)
    let gram = try Self.gram(of: rows)
    #expect(gram.count == count)
    for i in 0..<count {
      for j in 0..<count { #expect(gram[i, j] == Double(ReferenceKernels.product(rows[i], rows[j]))) }
    }
  }

  @Test(
    "a product with a vector is correct with one block of rows and with several", arguments: [1, 2, 3, 4, 81, 1500])
  func multiply(count: Int) throws {
    let gram = try Self.gram(of: Self.rows(count, features: 3))
    let vector = (0..<count).map { Double($0 % 7) - 3 }
    // Sums of integers do not depend on the order of summation.
    let expected = (0..<count).map { i in (0..<count).reduce(0) { $0 + gram[i, $1] * vector[$1] } }
    #expect(Self.product(gram, vector) == expected)
    #expect(Self.product(gram, vector) == expected)
  }

  @Test("subtracting the means gives the Gram matrix of centered rows", arguments: [1, 2, 6, 33])
  func centered(count: Int) throws {
    let rows = Self.rows(count, features: 9)
    let gram = try Self.gram(of: rows)
    gram.subtractMeans()
    gram.scale(by: 0.5)
    let means = (0..<9).map { j in rows.reduce(0) { $0 + Double($1[j]) } / Double(count) }
    let centered = rows.map { zip($0, means).map { Double($0) - $1 } }
    for i in 0..<count {
      for j in 0..<count {
        let expected = zip(centered[i], centered[j]).reduce(0) { $0 + $1.0 * $1.1 } / 2
        #expect(abs(gram[i, j] - expected) < 1e-9)
      }
    }
  }
}
