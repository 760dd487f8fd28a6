import PerceptLinearAlgebra

/// Power iteration for the largest eigenvalue of XᵀX, where X are the examples with an additional feature of ones. The
/// primal form iterates u → XᵀX·u. The dual form iterates v → XXᵀ·v, where v represents u = Xᵀ·v. Both compute the same
/// estimates, so they have the same automatic learning rate.
enum PowerIteration {
  /// Returns the initial v: random numbers around 1, because u is then close to the mean image, which dominates the
  /// first eigenvector. They are multiples of 2⁻²⁰, so that sums of their products with bytes are exact.
  static func start(examples: Int) -> [Double] {
    var generator = SeededGenerator(seed: 0)
    return (0..<examples).map { _ in (Double.random(in: 0.5...1.5, using: &generator) * 0x1p20).rounded() * 0x1p-20 }
  }

  /// Returns an estimate of the largest eigenvalue: a lower bound, above 0. The iteration ends when the estimate
  /// changes by less than a factor of 10⁻¹⁰ (10⁻⁴ for more than 2000 examples, where a step takes as long as a training
  /// iteration), or after 200 steps. `step` replaces a vector of length 1 by the next, and returns the estimate
  /// uᵀ·XᵀX·u / uᵀ·u.
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
      let isConverged = abs(estimate - eigenvalue) <= tolerance * estimate
      eigenvalue = estimate
      if isConverged { break }
    }
    return max(eigenvalue, .leastNormalMagnitude)
  }
}
