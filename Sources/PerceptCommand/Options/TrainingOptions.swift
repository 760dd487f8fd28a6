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
extension FeatureScaling: ExpressibleByArgument {}

/// How a network learns.
struct TrainingOptions: ParsableArguments {
  enum OptimizerName: String, ExpressibleByArgument, CaseIterable {
    case gradientDescent = "gradient-descent"
    case momentum, nesterov, adam, adamw, lbfgs
  }

  enum BatchSize: ExpressibleByArgument {
    case full
    case examples(Int)

    init?(argument: String) {
      if argument == "full" {
        self = .full
      } else {
        guard let count = Int(argument), count > 0 else { return nil }
        self = .examples(count)
      }
    }
  }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      The step size, or auto: without hidden layers pictures are centred and the rate is 1/L, where L bounds the curvature of \
      the cost; for Adam it is 0.001.
      """,
      valueName: "rate"))
  var learningRate: LearningRate = .automatic

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many updates are made. (default: 1000, or 15 epochs in batches)", valueName: "count"))
  var iterations: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often every training picture is looked at, instead of --iterations.", valueName: "count"))
  var epochs: Int?

  @Option(help: "The rule of the updates. (default: gradient-descent, with hidden layers or --augment adam)")
  var optimizer: OptimizerName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many pictures an update looks at, or full. (default: full, for Adam 128)", valueName: "count"))
  var batchSize: BatchSize?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What momentum and nesterov keep of their velocity, 0 up to 1. (default: 0.9)", valueName: "beta"))
  var momentum: Double?

  @Option(help: "How the learning rate changes: constant, cosine, or step (a tenth after each third).")
  var schedule: Schedule.Name = .constant

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The first part of the training, 0 up to 1, in which the rate grows from 0.", valueName: "part"))
  var warmUp = 0.0

  @Option(
    help: ArgumentHelp(
      """
      Change training pictures by chance each time that they are looked at: mirror, shift:0.1 (of the side), rotate:10 (degrees), \
      brightness:0.2, some of them, with commas between them; these amounts are the defaults.
      """, valueName: "changes"),
    transform: Augmentation.option)
  var augment: Augmentation = .none

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A penalty on large weights, lambda/2 times the sum of their squares.", valueName: "lambda"))
  var l2 = 0.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A penalty on weights, lambda times the sum of their sizes.", valueName: "lambda"))
  var l1 = 0.0

  @Option(
    help: ArgumentHelp(
      "How much each class counts: balanced, or a number for each, in the order of the classes.", valueName: "weights"))
  var classWeights: Objective.ClassWeights = .equal

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How much of every target goes to all classes alike, 0 up to 1.", valueName: "part"))
  var labelSmoothing = 0.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      Stop when the validation cost has not fallen for so many looks, and keep the best weights. Looks are taken every 10 \
      iterations, in batches every epoch; where DATA has no val part, a fifth of the training pictures becomes one.
      """, valueName: "looks"))
  var patience: Int?

  @Option(help: "How features are scaled while it learns.")
  var scale: FeatureScaling = .unit

  @Option(help: "How full-batch gradient descent is computed; the numbers are the same.")
  var form: DescentForm = .automatic

  mutating func validate() throws {
    if let iterations, iterations < 0 {
      throw ValidationError("--iterations is not negative, as \(iterations) is.")
    }
    if let epochs {
      guard epochs >= 0 else { throw ValidationError("--epochs is not negative, as \(epochs) is.") }
      guard iterations == nil else { throw ValidationError("--epochs and --iterations exclude each other.") }
    }
    if let momentum {
      guard optimizer == .momentum || optimizer == .nesterov else {
        throw ValidationError("--momentum goes with --optimizer momentum or nesterov.")
      }
      guard (0..<1).contains(momentum) else {
        throw ValidationError("--momentum lies from 0 up to, but not including, 1.")
      }
    }
    if let patience, patience < 1 { throw ValidationError("--patience is at least 1, which \(patience) is not.") }
    if optimizer == .lbfgs, learningRate != .automatic {
      throw ValidationError("--optimizer lbfgs finds its own steps; leave out --learning-rate.")
    }
    if optimizer == .lbfgs, augment != .none {
      throw ValidationError(
        "--optimizer lbfgs needs the same pictures in every iteration; leave out --augment or choose adam.")
    }
    for (flag, penalty) in [("--l1", l1), ("--l2", l2)] where !(penalty >= 0 && penalty.isFinite) {
      throw ValidationError("\(flag) is at least 0, which \(penalty) is not.")
    }
    for (flag, part) in [("--warm-up", warmUp), ("--label-smoothing", labelSmoothing)] where !(0..<1).contains(part) {
      throw ValidationError("\(flag) lies from 0 up to, but not including, 1.")
    }
  }

  /// The trainer for so many examples.
  ///
  /// - Parameters:
  ///   - isDeep: whether the network has hidden layers.
  ///   - examples: how many there are.
  ///   - seed: what the order of batches starts from.
  /// - Returns: a trainer as the flags ask for.
  func trainer(isDeep: Bool, examples: Int, seed: UInt64) -> Trainer {
    let rule = rule(isDeep: isDeep)
    let size: Int? =
      switch batchSize {
      case .full: nil
      case .examples(let count): count
      case nil: rule.isAdam ? 128 : nil
      }
    let count = epochs ?? (size == nil ? nil : 15)
    return Trainer(
      minimizing: Objective(
        .crossEntropy, l2: l2, l1: l1, classWeights: classWeights, labelSmoothing: labelSmoothing),
      with: rule,
      iterations: iterations ?? count.map { Trainer.iterations(epochs: $0, examples: examples, batchSize: size) }
        ?? 1000,
      scale: scale, form: form, batchSize: size, schedule: Schedule(schedule.shape, warmUp: warmUp),
      augmentation: augment,
      stopping: patience.map {
        EarlyStopping(patience: $0, every: size == nil && !rule.isAdam ? 10 : 1)
      },
      seed: seed)
  }

  private func rule(isDeep: Bool) -> Optimizer {
    switch optimizer ?? (isDeep || augment != .none ? .adam : .gradientDescent) {
    case .gradientDescent: .gradientDescent(learningRate: learningRate)
    case .momentum: .momentum(momentum ?? 0.9, learningRate: learningRate)
    case .nesterov: .nesterov(momentum ?? 0.9, learningRate: learningRate)
    case .adam: .adam(learningRate: learningRate)
    case .adamw: .adamW(learningRate: learningRate)
    case .lbfgs: .lbfgs
    }
  }
}

extension Schedule {
  /// What `--schedule` takes.
  enum Name: String, ExpressibleByArgument, CaseIterable {
    case constant, cosine, step

    var shape: Shape {
      switch self {
      case .constant: .constant
      case .cosine: .cosine
      case .step: .step(every: 1.0 / 3, factor: 0.1)
      }
    }
  }
}

extension Objective.ClassWeights: ExpressibleByArgument {
  /// What `--class-weights` takes: `balanced`, `equal`, or numbers with commas between them.
  public init?(argument: String) {
    switch argument {
    case "equal": self = .equal
    case "balanced": self = .balanced
    default:
      let weights = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      guard weights.allSatisfy({ $0.map { $0 > 0 && $0.isFinite } ?? false }) else { return nil }
      self = .given(weights.compactMap(\.self))
    }
  }

  /// What help says of the default.
  public var defaultValueDescription: String { "equal" }
}
