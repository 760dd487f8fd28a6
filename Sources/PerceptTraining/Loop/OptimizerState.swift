/// A rule that is linear in the gradients at work: it holds the velocity, where there is one.
///
/// Because the rules are linear, it does not matter in which coordinates parameters and gradients are given.
struct OptimizerState<Number: BinaryFloatingPoint> {
  private let optimizer: Optimizer
  private var velocity: [Number]

  /// An optimizer before its first update of `count` parameters.
  init(_ optimizer: Optimizer, count: Int) {
    self.optimizer = optimizer
    velocity = Array(repeating: 0, count: optimizer.momentum == nil ? 0 : count)
  }

  /// One update; see ``Optimizer`` for the rules.
  mutating func update(_ parameters: inout [Number], by gradient: [Number], learningRate: Double) {
    let (optimizer, rate) = (optimizer, Number(learningRate))
    parameters.withUnsafeMutableBufferPointer { parameters in
      gradient.withUnsafeBufferPointer { gradient in
        velocity.withUnsafeMutableBufferPointer { velocity in
          switch optimizer {
          case .adam, .adamW, .lbfgs: preconditionFailure("Adam and L-BFGS are not linear in the gradients")
          case .gradientDescent:
            for j in parameters.indices { parameters[j] -= rate * gradient[j] }
          case .momentum(let beta, _):
            let beta = Number(beta)
            for j in parameters.indices {
              velocity[j] = beta * velocity[j] + gradient[j]
              parameters[j] -= rate * velocity[j]
            }
          case .nesterov(let beta, _):
            let beta = Number(beta)
            for j in parameters.indices {
              velocity[j] = beta * velocity[j] + gradient[j]
              parameters[j] -= rate * (gradient[j] + beta * velocity[j])
            }
          }
        }
      }
    }
  }

  /// Puts its numbers into an archive or takes them out of one.
  mutating func code(with archive: inout StateArchive) throws {
    try archive.code("velocity", &velocity)
  }
}
