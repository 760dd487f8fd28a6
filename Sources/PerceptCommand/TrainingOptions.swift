public import ArgumentParser
public import Percept

extension LearningRate: ExpressibleByArgument {
  /// What `--learning-rate` takes: `auto` or a positive number.
  public init?(argument: String) {
    if argument == "auto" {
      self = .automatic
    } else {
      guard let rate = Double(argument), rate > 0, rate.isFinite else { return nil }
      self = .fixed(rate)
    }
  }

  /// What help says of the default.
  public var defaultValueDescription: String { "auto" }
}

extension DescentForm: ExpressibleByArgument {}

/// How a network learns.
struct TrainingOptions: ParsableArguments {
  enum OptimizerName: String, ExpressibleByArgument, CaseIterable {
    case gradientDescent = "gradient-descent"
    case momentum, nesterov
  }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The step size, or auto: pictures are centred and the rate is 1/L, where L bounds the curvature of the cost.",
      valueName: "rate"))
  var learningRate: LearningRate = .automatic

  @Option(parsing: .unconditional, help: "How many times all training pictures are looked at.")
  var iterations = 1000

  @Option(help: "The rule of the updates.")
  var optimizer: OptimizerName = .gradientDescent

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What momentum and nesterov keep of their velocity, 0 up to 1. (default: 0.9)", valueName: "beta"))
  var momentum: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A penalty on large weights, lambda/2 times the sum of their squares.", valueName: "lambda"))
  var l2 = 0.0

  @Option(help: "How gradient descent is computed; the numbers are the same.")
  var form: DescentForm = .automatic

  mutating func validate() throws {
    guard iterations >= 0 else { throw ValidationError("--iterations is not negative, as \(iterations) is.") }
    if let momentum {
      guard optimizer != .gradientDescent else {
        throw ValidationError("--momentum goes with --optimizer momentum or nesterov.")
      }
      guard (0..<1).contains(momentum) else {
        throw ValidationError("--momentum lies from 0 up to, but not including, 1.")
      }
    }
    guard l2 >= 0, l2.isFinite else { throw ValidationError("--l2 is at least 0, which \(l2) is not.") }
  }

  var trainer: Trainer {
    let beta = momentum ?? 0.9
    let rule: Optimizer =
      switch optimizer {
      case .gradientDescent: .gradientDescent(learningRate: learningRate)
      case .momentum: .momentum(beta, learningRate: learningRate)
      case .nesterov: .nesterov(beta, learningRate: learningRate)
      }
    return Trainer(
      minimizing: Objective(.crossEntropy, l2: l2), with: rule, iterations: iterations, form: form)
  }
}
