import PerceptLinearAlgebra

/// The largest eigenvalue of XᵀX, for the matrix X of the examples with a feature of ones.
///
/// Both forms of gradient descent walk through the same estimates, so they choose the same learning rate: the primal form
/// keeps u and steps to XᵀX·u, the dual form keeps v, which stands for u = Xᵀ·v, and steps to XXᵀ·v.
enum PowerIteration {
  /// v of the first step: random numbers around 1, because the mean image is most of the first eigenvector.
  static func start(examples: Int) -> [Double] {
    var generator = SeededGenerator(seed: 0)
    return (0..<examples).map { _ in Double.random(in: 0.5...1.5, using: &generator) }
  }

  /// λmax, from below: until an estimate changes by less than 1e-10 of itself, or 1e-4 with more than 2,000 examples, where a
  /// step costs as much as an iteration; 200 steps at most.
  ///
  /// - Parameters:
  ///   - vector: where to start.
  ///   - examples: how many there are.
  ///   - step: makes the next vector of one of length 1, and returns the estimate uᵀ·XᵀX·u / uᵀ·u.
  /// - Returns: the last estimate, above 0.
  static func largestEigenvalue(
    from vector: [Double], examples: Int, step: (inout [Double]) -> Double
  ) -> Double {
    let tolerance = examples > 2000 ? 1e-4 : 1e-10
    var vector = vector
    var eigenvalue = 0.0
    for _ in 0..<200 {
      let length = dot(vector, vector).squareRoot()
      for j in vector.indices { vector[j] /= length }
      let estimate = step(&vector)
      let isSettled = abs(estimate - eigenvalue) <= tolerance * estimate
      eigenvalue = estimate
      if isSettled { break }
    }
    return max(eigenvalue, .leastNormalMagnitude)
  }
}
