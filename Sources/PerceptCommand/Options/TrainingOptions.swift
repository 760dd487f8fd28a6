public import ArgumentParser
public import Percept
import PerceptStudio

extension LearningRate: ExpressibleByArgument {
  /// The default in help.
  public var defaultValueDescription: String { description }
}

extension Optimizer: ExpressibleByArgument {}
extension DescentForm: ExpressibleByArgument {}

extension FeatureScaling: ExpressibleByArgument {
  /// The value of `--scale`; `standardize` is the former name of `standardized`.
  public init?(argument: String) { self.init(rawValue: argument == "standardize" ? "standardized" : argument) }
}

extension Schedule: ExpressibleByArgument {
  /// The values in help and in error messages.
  public static var allValueStrings: [String] { ["constant", "cosine", "step"] }
}

extension ClassWeights: ExpressibleByArgument {
  /// The default in help.
  public var defaultValueDescription: String { description }
}

struct TrainingOptions: ParsableArguments {
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

  @Option(help: ArgumentHelp("Update rule.", valueName: "name"))
  var optimizer: Optimizer?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Step size: a number, or auto.", valueName: "rate"))
  var learningRate: LearningRate = .automatic

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Updates. (default: 1000; in batches: by epochs)", valueName: "count"))
  var iterations: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Passes over the images. (default in batches: 15 to 100)", valueName: "count"))
  var epochs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images per update, or full. (default: full; Adam: 8 to 128)", valueName: "count"))
  var batchSize: BatchSize?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Coefficient of momentum and nesterov. (default: 0.9)", valueName: "beta"))
  var momentum: Double?

  @Option(help: ArgumentHelp("Learning rate schedule.", valueName: "name"))
  var schedule: Schedule = .constant

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Initial fraction of the training in which the learning rate increases from 0.", valueName: "fraction"))
  var warmUp = 0.0

  @Option(help: ArgumentHelp("Feature scaling. (default: by --features)", valueName: "name"))
  var scale: FeatureScaling?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("L2 penalty. (default: 0; hog: 0.01; backbones: 0.1)", valueName: "lambda"))
  var l2: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("L1 penalty on the weights.", valueName: "lambda"))
  var l1 = 0.0

  @Option(
    help: ArgumentHelp("Class weights: balanced, or one number per class, such as 1,2.5.", valueName: "list"))
  var classWeights: ClassWeights = .equal

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Fraction of each target spread over all classes.", valueName: "e"))
  var labelSmoothing = 0.0

  @Option(
    help: ArgumentHelp(
      "Random changes to training images, such as mirror,shift,rotate:10,brightness.", valueName: "changes"),
    transform: Augmentation.option)
  var augment: Augmentation = .none

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Stop after this many validations without improvement.", valueName: "count"))
  var patience: Int?

  @Option(help: "How full-batch updates are computed; same results.")
  var form: DescentForm = .automatic

  mutating func validate() throws {
    if let epochs {
      guard epochs >= 0 else { throw ValidationError("--epochs must be ≥ 0 (got \(epochs)).") }
      guard iterations == nil else { throw ValidationError("Give --epochs or --iterations, not both.") }
    }
    if momentum != nil, optimizer?.hasVelocity != true {
      throw ValidationError("--momentum requires --optimizer momentum or nesterov.")
    }
    if optimizer == .lbfgs, learningRate != .automatic {
      throw ValidationError("--optimizer lbfgs chooses its step size; leave out --learning-rate.")
    }
    do {
      try configuration(isDeep: false, examples: 1, seed: 0).check()
    } catch {
      throw ValidationError("\(error.flagged).")
    }
  }

  /// Returns the configuration that the flags specify. `examples` determines the number of updates per epoch.
  func configuration(
    isDeep: Bool, examples: Int, seed: UInt64, extractor: FeatureExtractor = .pixels
  ) -> TrainingConfiguration {
    var configuration = TrainingConfiguration.standard(isDeep: isDeep || augment != .none, extractor: extractor)
    if let optimizer { configuration.optimizer = optimizer }
    configuration.batchSize =
      switch batchSize {
      case .full: nil
      case .examples(let count): count
      case nil: configuration.optimizer.isAdam ? TrainingConfiguration.standardBatchSize(examples: examples) : nil
      }
    configuration.learningRate = learningRate
    if let momentum { configuration.momentum = momentum }
    (configuration.schedule, configuration.warmUp) = (schedule, warmUp)
    configuration.l1 = l1
    if let l2 { configuration.l2 = l2 }
    (configuration.classWeights, configuration.labelSmoothing) = (classWeights, labelSmoothing)
    (configuration.augmentation, configuration.form, configuration.seed) = (augment, form, seed)
    configuration.scaling = scale ?? configuration.standardScaling(for: extractor)
    let isInBatches = configuration.batchSize != nil
    let epochs = epochs ?? (isInBatches ? TrainingConfiguration.standardEpochs(examples: examples) : nil)
    configuration.iterations =
      iterations ?? epochs.map {
        Trainer.iterations(epochs: $0, examples: examples, batchSize: configuration.batchSize)
      } ?? configuration.iterations
    let isByEpoch = configuration.batchSize != nil || configuration.optimizer.isAdam
    configuration.earlyStopping = patience.map { EarlyStopping(patience: $0, every: isByEpoch ? 1 : 10) }
    return configuration
  }
}

extension ConfigurationError {
  /// The error message with the option's flag instead of its identifier.
  var flagged: String { "\(TrainingConfiguration.flag(of: option)) \(problem)" }
}

extension Augmentation {
  /// Parses the value of `--augment`; throws `ValidationError`.
  static func option(_ text: String) throws -> Augmentation {
    do {
      return try Augmentation(parsing: text)
    } catch {
      throw ValidationError("\(error.flagged).")
    }
  }
}
