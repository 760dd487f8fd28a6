public import PerceptDatasets
public import PerceptModels

/// Finds the weights that minimize an objective: the article's six steps.
///
/// 1. start from the network's weights; 2. forward: Z = W·X + b, A = σ(Z); 3. cost; 4. backward: dZ = A - Y,
/// dW = dZ·Xᵀ/m, db = mean(dZ); 5. update; 6. repeat 2 to 5.
public struct Trainer: Sendable, Hashable {
  /// What is minimized.
  public let objective: Objective
  /// The rule of the updates.
  public let optimizer: Optimizer
  /// How many updates are made.
  public package(set) var iterations: Int
  /// How features are scaled while it lasts.
  public let scale: FeatureScaling
  /// How full-batch updates are computed.
  public let form: DescentForm
  /// How many examples an update looks at; nil for all of them, in Float64 unless the optimizer is Adam's or
  /// pictures are augmented.
  public let batchSize: Int?
  /// How the learning rate changes.
  public let schedule: Schedule
  /// How training pictures are changed each time that they are looked at.
  public let augmentation: Augmentation
  /// When it ends early, where there is a validation part.
  public package(set) var stopping: EarlyStopping?
  /// What the order of batches and changes of pictures start from.
  public let seed: UInt64

  /// A trainer.
  ///
  /// - Parameters:
  ///   - objective: what is minimized.
  ///   - optimizer: the rule of the updates.
  ///   - iterations: how many updates are made; 0 leaves the weights as they are.
  ///   - scale: how features are scaled.
  ///   - form: how full-batch updates are computed.
  ///   - batchSize: how many examples an update looks at; nil for all of them.
  ///   - schedule: how the learning rate changes.
  ///   - augmentation: how training pictures are changed each time that they are looked at; with any change the training is
  ///     one in batches.
  ///   - stopping: when it ends early, where there is a validation part; nil never.
  ///   - seed: what the order of batches and changes of pictures start from.
  public init(
    minimizing objective: Objective = Objective(.crossEntropy), with optimizer: Optimizer = .gradientDescent(),
    iterations: Int = 1000, scale: FeatureScaling = .unit, form: DescentForm = .automatic, batchSize: Int? = nil,
    schedule: Schedule = Schedule(), augmentation: Augmentation = .none, stopping: EarlyStopping? = nil,
    seed: UInt64 = 0
  ) {
    self.objective = objective
    self.optimizer = optimizer
    self.iterations = iterations
    self.scale = scale
    self.form = form
    self.batchSize = batchSize
    self.schedule = schedule
    self.augmentation = augmentation
    self.stopping = stopping
    self.seed = seed
  }

  /// Trains a network on a dataset: all examples in every iteration in Float64, or batches in Float32.
  ///
  /// Throwing ``StopTraining`` from `observe` ends the training well: what it has learned so far is its result, the same as that
  /// of a training of so many iterations (unless its schedule looks ahead).
  ///
  /// - Parameters:
  ///   - network: where to start; it takes `dataset.featureCount` inputs and tells as many classes apart as the dataset has.
  ///   - dataset: examples of every class.
  ///   - validation: other examples, which say when to stop; nil never stops early.
  ///   - checkpoints: where it writes down where it stands, and whether it goes on from there; nil does not.
  ///   - observe: called with every iteration that is done; what it throws ends the training, after a checkpoint.
  /// - Returns: the trained classifier, with the cost of every iteration. Where the cost rises for good or the weights overflow
  ///   it ends early, with the best weights there were, and ``TrainingRun/divergence`` says so.
  /// - Throws: ``TrainingError`` when data or settings cannot be trained with, or the training diverges before anything is
  ///   learned; `FileError` when a checkpoint cannot be written.
  public func fit(
    _ network: Network, to dataset: Dataset, validation: Dataset? = nil, checkpoints: Checkpoints? = nil,
    observe: (Iteration) throws -> Void = { _ in }
  ) throws -> TrainingRun {
    try fit(network, to: dataset, validation: validation, checkpoints: checkpoints) { iteration, _ in
      try observe(iteration)
    }
  }

  /// The same, with a look at the network that there is after an iteration; making it takes a pass over all pixels in the
  /// dual form.
  package func fit(
    _ network: Network, to dataset: Dataset, validation: Dataset? = nil, checkpoints: Checkpoints? = nil,
    observe: (Iteration, () -> Network) throws -> Void
  ) throws -> TrainingRun {
    try check(network, dataset)
    if let validation { try check(network, dataset, validation: validation) }
    let validationMonitor = ValidationMonitor(validation, stopping: stopping, loss: objective.loss)
    let checkpointManager = checkpoints.map { CheckpointManager($0) { identity(network, dataset, validation) } }
    let scaling = featureScaling(of: dataset)
    if isInBatches {
      return try fitInBatches(network, to: dataset, scaling, validationMonitor, checkpointManager, observe)
    }
    switch form(for: network, on: dataset) {
    case .dual:
      let descent = DualDescent(dataset, objective: objective, scaling: scaling, from: network)
      return try fitAtOnce(descent, on: dataset, validationMonitor, checkpointManager, observe)
    default:
      let descent = PrimalDescent(dataset, objective: objective, scaling: scaling, from: network)
      return try fitAtOnce(descent, on: dataset, validationMonitor, checkpointManager, observe)
    }
  }
}
