import PerceptLinearAlgebra

/// The mean gradient along a straight line (integrated gradients): ∫ ∂f/∂z(a + t·(b - a)) dt for t from 0 to 1, where f
/// is a linear combination of the logits, and z are the first layer's pre-activations. Its dot product with b - a
/// equals f(b) - f(a), up to the integration error.
///
/// The line is divided into intervals, and Gauss-Legendre quadrature with three points is applied to each. The error on
/// an interval is known, because the integral must equal the change of f. If it is too large, as at the kink of a ReLU,
/// the interval is halved, recursively. No evaluation depends on the number of pixels, so many intervals are cheap.
package struct PathGradient: Sendable, Hashable {
  /// The mean gradient, one number for each unit of the first layer.
  package let mean: [Double]
  /// The number of gradient evaluations.
  package let points: Int

  /// The largest allowed error of an interval, relative to 1 + |f(b) - f(a)|.
  package static let tolerance = 1e-5
  /// The number of evaluations from which no more intervals are halved; the existing ones are still evaluated.
  package static let mostPoints = 3000

  /// The number of intervals at the start, large enough that the errors of two kinks are unlikely to cancel.
  private static let initialSteps = 16
  /// The nodes and weights of the quadrature on 0 … 1.
  private static let nodes: [(position: Double, weight: Double)] = [
    (0.5 - 0.15.squareRoot(), 5.0 / 18), (0.5, 8.0 / 18), (0.5 + 0.15.squareRoot(), 5.0 / 18),
  ]

  /// An interval of t, with the values of f at both ends.
  private struct Step {
    let start: Double
    let end: Double
    let values: (Double, Double)
  }

  /// Computes the mean gradient from a (`first`) to b (`last`); f is the sum of the logits times `factors`.
  package init(_ network: Network, _ factors: [Double], from first: [Double], to last: [Double]) {
    guard network.layers.count > 1 else {
      (mean, points) = (factors, 1)
      return
    }
    let difference = zip(first, last).map { $1 - $0 }
    func point(_ t: Double) -> [Double] { zip(first, difference).map { $0 + t * $1 } }
    func value(_ t: Double) -> Double { dot(factors, network.logits(fromFirst: point(t))) }
    let values = (0...Self.initialSteps).map { value(Double($0) / Double(Self.initialSteps)) }
    let tolerance = Self.tolerance * (1 + abs(values[Self.initialSteps] - values[0]))
    var steps = (0..<Self.initialSteps).map { index in
      Step(
        start: Double(index) / Double(Self.initialSteps), end: Double(index + 1) / Double(Self.initialSteps),
        values: (values[index], values[index + 1]))
    }
    var (mean, points) = ([Double](repeating: 0, count: first.count), 0)
    while !steps.isEmpty {
      var halves: [Step] = []
      for step in steps {
        let length = step.end - step.start
        var part = [Double](repeating: 0, count: first.count)
        for node in Self.nodes {
          let gradient = network.combination(factors, fromFirst: point(step.start + node.position * length)).gradient
          for unit in part.indices { part[unit] += node.weight * length * gradient[unit] }
        }
        points += Self.nodes.count
        if points >= Self.mostPoints || abs(dot(part, difference) - (step.values.1 - step.values.0)) <= tolerance {
          for unit in mean.indices { mean[unit] += part[unit] }
        } else {
          let middle = step.start + length / 2
          let between = value(middle)
          halves.append(Step(start: step.start, end: middle, values: (step.values.0, between)))
          halves.append(Step(start: middle, end: step.end, values: (between, step.values.1)))
        }
      }
      steps = halves
    }
    (self.mean, self.points) = (mean, points)
  }
}
