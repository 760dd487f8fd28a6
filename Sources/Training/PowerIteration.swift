import LinearAlgebra

/// The largest eigenvalue of a symmetric matrix without negative ones, known only by its products.
enum PowerIteration {
  /// λmax by v ← M·v from a random start, until the estimate vᵀ·M·v changes by less than 1e-10 of itself, 200 times at
  /// most. Both forms of gradient descent come here with the same matrix, so they choose the same learning rate.
  ///
  /// - Parameters:
  ///   - count: the matrix's side.
  ///   - product: M·v.
  /// - Returns: the estimate, which approaches λmax from below and is above 0.
  static func largestEigenvalue(count: Int, product: ([Double]) -> [Double]) -> Double {
    var generator = SeededGenerator(seed: 0)
    var vector = (0..<count).map { _ in Double.random(in: 0.5...1.5, using: &generator) }
    var eigenvalue = 0.0
    for _ in 0..<200 {
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for i in vector.indices { vector[i] /= length }
      let next = product(vector)
      let estimate = zip(vector, next).reduce(0) { $0 + $1.0 * $1.1 }
      let isSettled = abs(estimate - eigenvalue) <= 1e-10 * estimate
      (vector, eigenvalue) = (next, estimate)
      if isSettled { break }
    }
    return max(eigenvalue, .leastNormalMagnitude)
  }
}
