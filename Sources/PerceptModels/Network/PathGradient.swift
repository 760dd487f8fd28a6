import PerceptLinearAlgebra

/// The mean of a gradient on the straight line from one point to another: ∫ ∂f/∂z(a + t·(b - a)) dt for t from 0 to 1, where f
/// is a sum of multiples of a network's logits and z are the first layer's pre-activations. Times b - a, its numbers add up to
/// f(b) - f(a), but for what the steps leave out.
///
/// The rule is Gauss and Legendre's with three points on each step. On each step f itself says how far off the rule is; a step
/// that is off by too much, as where a ReLU bends, is halved, and so on. No step looks at a pixel, so many are cheap.
package struct PathGradient: Sendable, Hashable {
  /// One number for each unit of the first layer.
  package let mean: [Double]
  /// At how many points the gradient was computed.
  package let points: Int

  /// What a step may be off by, as a share of 1 + |f(b) - f(a)|.
  package static let tolerance = 1e-5
  /// How many points there are at most, but for those of steps that have begun.
  package static let mostPoints = 3000

  /// The steps at first: enough that no bend is overlooked because two cancel.
  private static let firstSteps = 16
  private static let nodes: [(place: Double, weight: Double)] = [
    (0.5 - 0.15.squareRoot(), 5.0 / 18), (0.5, 8.0 / 18), (0.5 + 0.15.squareRoot(), 5.0 / 18),
  ]

  /// A part of the way, with f at both ends.
  private struct Step {
    let start: Double
    let end: Double
    let values: (Double, Double)
  }

  /// - Parameters:
  ///   - network: the network.
  ///   - factors: what each logit is multiplied by.
  ///   - first: a, pre-activations of the first layer.
  ///   - last: b.
  package init(_ network: Network, _ factors: [Double], from first: [Double], to last: [Double]) {
    guard network.layers.count > 1 else {
      (mean, points) = (factors, 1)
      return
    }
    let way = zip(first, last).map { $1 - $0 }
    func place(_ t: Double) -> [Double] { zip(first, way).map { $0 + t * $1 } }
    func value(_ t: Double) -> Double { dot(factors, network.logits(fromFirst: place(t))) }
    let values = (0...Self.firstSteps).map { value(Double($0) / Double(Self.firstSteps)) }
    let tolerance = Self.tolerance * (1 + abs(values[Self.firstSteps] - values[0]))
    var steps = (0..<Self.firstSteps).map { index in
      Step(
        start: Double(index) / Double(Self.firstSteps), end: Double(index + 1) / Double(Self.firstSteps),
        values: (values[index], values[index + 1]))
    }
    var (mean, points) = ([Double](repeating: 0, count: first.count), 0)
    while !steps.isEmpty {
      var halves: [Step] = []
      for step in steps {
        let length = step.end - step.start
        var part = [Double](repeating: 0, count: first.count)
        for node in Self.nodes {
          let gradient = network.combination(factors, fromFirst: place(step.start + node.place * length)).gradient
          for unit in part.indices { part[unit] += node.weight * length * gradient[unit] }
        }
        points += Self.nodes.count
        if points >= Self.mostPoints || abs(dot(part, way) - (step.values.1 - step.values.0)) <= tolerance {
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
