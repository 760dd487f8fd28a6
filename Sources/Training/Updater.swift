/// An optimizer at work: it holds the velocity, where there is one.
///
/// The rules are linear, so it does not matter in which coordinates parameters and gradients are given.
struct Updater {
  private let optimizer: Optimizer
  private var velocity: [Double]

  /// An optimizer before its first update of `count` parameters.
  init(_ optimizer: Optimizer, count: Int) {
    self.optimizer = optimizer
    velocity = Array(repeating: 0, count: optimizer.momentum == nil ? 0 : count)
  }

  /// One update; see ``Optimizer`` for the rules.
  mutating func update(_ parameters: inout [Double], by gradient: [Double], learningRate rate: Double) {
    let optimizer = optimizer
    parameters.withUnsafeMutableBufferPointer { parameters in
      gradient.withUnsafeBufferPointer { gradient in
        velocity.withUnsafeMutableBufferPointer { velocity in
          switch optimizer {
          case .adam, .adamW, .lbfgs: preconditionFailure("Adam works in Float32, L-BFGS by itself")
          case .gradientDescent:
            for j in parameters.indices { parameters[j] -= rate * gradient[j] }
          case .momentum(let beta, _):
            for j in parameters.indices {
              velocity[j] = beta * velocity[j] + gradient[j]
              parameters[j] -= rate * velocity[j]
            }
          case .nesterov(let beta, _):
            for j in parameters.indices {
              velocity[j] = beta * velocity[j] + gradient[j]
              parameters[j] -= rate * (gradient[j] + beta * velocity[j])
            }
          }
        }
      }
    }
  }
}
