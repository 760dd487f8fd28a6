import PerceptModels

/// The state of an optimizer whose updates are linear in the gradients, and therefore the same in any coordinates:
/// gradient descent, momentum, or Nesterov.
struct OptimizerState<Number: BinaryFloatingPoint> {
  private let optimizer: Optimizer
  private let momentum: Number
  private var velocity: [Number]

  init(_ configuration: TrainingConfiguration, count: Int) {
    optimizer = configuration.optimizer
    momentum = Number(configuration.momentum)
    velocity = Array(repeating: 0, count: optimizer.hasVelocity ? count : 0)
  }

  /// Updates the parameters; see ``Optimizer`` for the rules.
  mutating func update(_ parameters: inout [Number], by gradient: [Number], learningRate: Double) {
    let (optimizer, beta, rate) = (optimizer, momentum, Number(learningRate))
    parameters.withUnsafeMutableBufferPointer { parameters in
      gradient.withUnsafeBufferPointer { gradient in
        velocity.withUnsafeMutableBufferPointer { velocity in
          switch optimizer {
          case .adam, .adamW, .lbfgs: preconditionFailure("updates of Adam and L-BFGS are not linear in the gradients")
          case .gradientDescent:
            for j in parameters.indices { parameters[j] -= rate * gradient[j] }
          case .momentum:
            for j in parameters.indices {
              velocity[j] = beta * velocity[j] + gradient[j]
              parameters[j] -= rate * velocity[j]
            }
          case .nesterov:
            for j in parameters.indices {
              velocity[j] = beta * velocity[j] + gradient[j]
              parameters[j] -= rate * (gradient[j] + beta * velocity[j])
            }
          }
        }
      }
    }
  }

  mutating func code(with archive: inout StateArchive) throws {
    try archive.code("velocity", &velocity)
  }
}
