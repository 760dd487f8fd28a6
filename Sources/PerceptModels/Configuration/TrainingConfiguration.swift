import FoundationEssentials
package import PerceptFeatures
package import PerceptIO

/// The configuration of a training run: everything that determines its result except the data and the initial weights.
///
/// ```swift
/// var configuration = TrainingConfiguration()
/// configuration.optimizer = .lbfgs
/// configuration.l2 = 0.01
/// ```
///
/// The same type is used everywhere: a `Trainer` takes it, model files and checkpoints store it, `percept train --json`
/// prints it, and the URL of the studio contains the options that differ from the defaults. The names of the properties
/// and the texts of their values are identifiers in files. A property that is missing in a file has its default value.
public struct TrainingConfiguration: Sendable, Hashable, Codable {
  /// The loss of one example; the cost is the mean over the examples plus the penalties.
  public var loss = Loss.crossEntropy
  /// The optimizer.
  public var optimizer = Optimizer.gradientDescent
  /// The learning rate α.
  public var learningRate = LearningRate.automatic
  /// The momentum β of `momentum` and `nesterov`, ≥ 0 and < 1. Other optimizers do not use it.
  public var momentum = 0.9
  /// The number of updates, at least 0. With 0, the weights do not change.
  public var iterations = 1000
  /// The number of examples in a batch, at least 1. Nil uses all examples for each update, in Float64 unless the
  /// optimizer is Adam or AdamW, or images are augmented.
  public var batchSize: Int?
  /// The learning rate schedule after the warm-up.
  public var schedule = Schedule.constant
  /// The fraction of the run, ≥ 0 and < 1, in which the learning rate increases linearly from 0.
  public var warmUp = 0.0
  /// The scaling of features during training.
  public var scaling = FeatureScaling.centered
  /// The form of full-batch descent.
  public var form = DescentForm.automatic
  /// The factor λ of the L2 penalty λ/2·‖W‖², at least 0. Biases are not penalized.
  public var l2 = 0.0
  /// The factor λ₁ of the L1 penalty λ₁·Σ|w|, at least 0. Biases are not penalized.
  public var l1 = 0.0
  /// The weights of the classes in the cost.
  public var classWeights = ClassWeights.equal
  /// The label smoothing ε, ≥ 0 and < 1: the target of the label is 1 - ε + ε/classes, of other classes ε/classes.
  public var labelSmoothing = 0.0
  /// Random transformations of training images. With augmentation, training is in batches.
  public var augmentation = Augmentation.none
  /// The rule that ends the run early, which needs a validation split; nil for none.
  public var earlyStopping: EarlyStopping?
  /// The seed of the order of examples in batches, and of augmentation.
  public var seed: UInt64 = 0

  /// Creates a configuration from the defaults; `change` sets the options that differ.
  public init(_ change: (inout TrainingConfiguration) -> Void = { _ in }) { change(&self) }
}

extension TrainingConfiguration {
  /// Whether updates are computed in Float32 on batches. A batch can contain all examples.
  package var isInBatches: Bool { batchSize != nil || optimizer.isAdam || augmentation != .none }

  /// The momentum β; nil if the optimizer does not use it.
  package var effectiveMomentum: Double? { optimizer.hasVelocity ? momentum : nil }

  /// Returns the largest stable learning rate, above which steps may grow without bound, for a curvature of at most L:
  /// 2/L for gradient descent, 2(1 + β)/L with momentum, 2(1 + β)/((1 + 2β)L) with Nesterov's, nil for others.
  package func stableLearningRate(curvature: Double) -> Double? {
    switch optimizer {
    case .adam, .adamW, .lbfgs: nil
    case .gradientDescent: 2 / curvature
    case .momentum: 2 * (1 + momentum) / curvature
    case .nesterov: 2 * (1 + momentum) / ((1 + 2 * momentum) * curvature)
    }
  }

  /// What the record of a full-batch training keeps of this configuration: the form that was used, and no seed, which nothing
  /// depends on without batches. So trainings with equal results write equal files.
  package func recorded(form: DescentForm) -> TrainingConfiguration {
    var configuration = self
    (configuration.form, configuration.seed) = (form, 0)
    return configuration
  }

  /// Returns the default configuration of `percept train`: gradient descent on all examples for a single layer, and
  /// Adam on batches of 128 examples for networks with hidden layers and for augmented images (`isDeep`). A single layer
  /// on features other than pixels has an L2 penalty, because there are often more features than images.
  package static func standard(isDeep: Bool, extractor: FeatureExtractor = .pixels) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    if isDeep { (configuration.optimizer, configuration.batchSize) = (.adam, 128) }
    if !isDeep { configuration.l2 = standardL2(for: extractor) }
    configuration.scaling = configuration.standardScaling(for: extractor)
    return configuration
  }

  private static func standardL2(for extractor: FeatureExtractor) -> Double {
    switch extractor {
    case .pixels: 0
    case .hog: 0.01
    case .backbone: 0.1
    }
  }

  /// Centered for an automatic learning rate, which then needs far fewer iterations, and in batches, where the mean image
  /// would otherwise saturate hidden units; unit for a given learning rate on all examples, as in the article. Features of
  /// a backbone have different ranges and are standardized.
  package func standardScaling(for extractor: FeatureExtractor) -> FeatureScaling {
    if extractor.backbone != nil { return .standardized }
    return learningRate == .automatic || isInBatches ? .centered : .unit
  }

  /// Returns the default number of examples in a batch: at least ten batches make up an epoch. A power of two, 8 … 128.
  package static func standardBatchSize(examples: Int) -> Int {
    [128, 64, 32, 16].first { $0 <= examples / 10 } ?? 8
  }

  /// Returns the default number of epochs in batches: more for fewer examples, 15 … 100.
  package static func standardEpochs(examples: Int) -> Int { min(100, max(15, 25_000 / max(examples, 1))) }

  /// Throws ``ConfigurationError`` for the first option, or combination of options, that is not valid.
  public func check() throws(ConfigurationError) {
    if case .fixed(let rate) = learningRate { try Self.check("learningRate", rate, "> 0") { $0 > 0 } }
    try Self.check("momentum", momentum, "≥ 0 and < 1") { (0..<1).contains($0) }
    try Self.check("warmUp", warmUp, "≥ 0 and < 1") { (0..<1).contains($0) }
    try Self.check("labelSmoothing", labelSmoothing, "≥ 0 and < 1") { (0..<1).contains($0) }
    try Self.check("l2", l2, "≥ 0") { $0 >= 0 }
    try Self.check("l1", l1, "≥ 0") { $0 >= 0 }
    try checkCounts()
    if Schedule(schedule.description) != schedule {
      throw .init("schedule", "must be \(Schedule.expectation) (got \(schedule))")
    }
    try augmentation.check()
    try checkCombination()
  }

  /// The limit of all counts: 10¹², which a million iterations per second reach after 11 days. Sums of counts, and
  /// products with a number of images, do not overflow.
  package static let largestCount = 1_000_000_000_000

  /// Throws ``ConfigurationError`` if a count is out of range.
  func checkCounts() throws(ConfigurationError) {
    try Self.check("iterations", iterations, from: 0)
    if let batchSize { try Self.check("batchSize", batchSize, from: 1) }
    guard let rule = earlyStopping else { return }
    try Self.check("patience", rule.patience, from: 1)
    if rule.every < 1 {
      throw .init("earlyStopping", "needs at least 1 iteration between validation results (got \(rule.every))")
    }
    try Self.check("earlyStopping", rule.every, from: 1)
  }

  static func check(_ name: String, _ count: Int, from least: Int) throws(ConfigurationError) {
    if count < least { throw .init(name, "must be ≥ \(least) (got \(count))") }
    if count > largestCount { throw .init(name, "must be ≤ \(largestCount) (got \(count))") }
  }

  private func checkCombination() throws(ConfigurationError) {
    if optimizer == .lbfgs {
      if augmentation != .none {
        throw .init("augmentation", "cannot be combined with L-BFGS, which needs the same images in every iteration")
      }
      if batchSize != nil {
        throw .init("batchSize", "cannot be combined with L-BFGS, which uses all examples at once")
      }
      if l1 != 0 { throw .init("l1", "cannot be combined with L-BFGS, which needs a smooth cost") }
    }
    guard form == .dual else { return }
    if augmentation != .none { throw .init("augmentation", "cannot be combined with the dual form; use the form auto") }
    if isInBatches { throw .init("batchSize", "cannot be combined with the dual form; use the form auto") }
    if l1 != 0 { throw .init("l1", "cannot be combined with the dual form; use the form auto") }
  }

  private static func check(
    _ option: String, _ value: Double, _ requirement: String, _ isValid: (Double) -> Bool
  ) throws(ConfigurationError) {
    guard value.isFinite, isValid(value) else { throw .init(option, "must be \(requirement) (got \(value))") }
  }
}

extension TrainingConfiguration {
  /// The values of the options by their identifiers. Options that are nil are omitted.
  package var options: [String: JSONValue] {
    guard let data = try? JSONEncoder().encode(self) else { return [:] }
    return (try? JSONDecoder().decode(JSONValue.self, from: data))?.members ?? [:]
  }

  /// Returns the options whose values differ from those of another configuration; by default, from the defaults.
  package func changes(from other: TrainingConfiguration = TrainingConfiguration()) -> [String: JSONValue] {
    let others = other.options
    return options.filter { others[$0.key] != $0.value }
  }

  package static func hasOption(_ identifier: String) -> Bool { CodingKeys(stringValue: identifier) != nil }

  /// Returns a copy with new values by the identifiers of the options. Files are read this way, starting from the
  /// defaults: options that an older version did not have keep their defaults. Throws ``ConfigurationError`` for an
  /// option whose value has the wrong type or is not valid.
  package func with(_ options: [String: JSONValue]) throws(ConfigurationError) -> TrainingConfiguration {
    var configuration = self
    for (identifier, value) in options.sorted(by: { $0.key < $1.key }) {
      configuration = try configuration.with(identifier, value)
    }
    return configuration
  }

  private func with(_ identifier: String, _ value: JSONValue) throws(ConfigurationError) -> TrainingConfiguration {
    let members = options.merging([identifier: value]) { $1 }
    do {
      return try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(JSONValue.object(members)))
    } catch DecodingError.dataCorrupted(let context) where context.debugDescription.hasPrefix("must be ") {
      throw .init(identifier, context.debugDescription)
    } catch DecodingError.typeMismatch(let type, _) where type is any Numeric.Type {
      throw .init(identifier, "must be a number")
    } catch {
      throw .init(identifier, "cannot be \(value)")
    }
  }
}
