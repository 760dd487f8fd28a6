public import PerceptDatasets
public import PerceptModels

/// Trains networks: finds weights that minimize the cost, in the six steps of the article:
///
/// 1. Start from the initial weights of the network.
/// 2. Forward: Z = W·X + b, A = σ(Z).
/// 3. Compute the cost.
/// 4. Backward: dZ = A - Y, dW = dZ·Xᵀ/m, db = mean(dZ).
/// 5. Update the weights.
/// 6. Repeat steps 2 to 5.
public struct Trainer: Sendable, Hashable {
  /// The training configuration.
  public package(set) var configuration: TrainingConfiguration

  /// Creates a trainer. ``fit(_:to:validation:checkpoints:observe:)`` validates the configuration.
  public init(_ configuration: TrainingConfiguration = TrainingConfiguration()) { self.configuration = configuration }

  /// Trains a network on a dataset: with all examples in each iteration in Float64, or in batches in Float32.
  ///
  /// `observe` can end the run early by throwing ``StopTraining``. The result is then the same as that of a run with
  /// this number of iterations, unless the schedule depends on it. If the cost rises permanently or the weights
  /// overflow, the run ends with the weights of the lowest cost, and ``TrainingRun/divergence`` is set.
  ///
  /// - Parameters:
  ///   - network: the initial network, with `dataset.featureCount` inputs and the number of classes of the dataset.
  ///   - dataset: the training split, with at least one example of each class.
  ///   - validation: the validation split for early stopping; nil for none.
  ///   - checkpoints: the location and interval of checkpoints; nil for none.
  ///   - observe: called after each iteration. An error that it throws ends the run after a checkpoint is written.
  /// - Returns: the training run, with the trained classifier and the cost before each iteration.
  /// - Throws: `ConfigurationError` if an option is not valid; ``TrainingError`` if the data does not fit the network
  ///   or the configuration, or if the run diverges before the cost improves; `FileError` or `ModelError` if a
  ///   checkpoint cannot be read, is damaged, or, after an error of `observe`, cannot be written; `FileError` if the cache
  ///   file of the dataset was changed; and errors of `observe` other than ``StopTraining``. A checkpoint that cannot be
  ///   written during the run is no error, see ``Iteration/checkpointFailure``.
  public func fit(
    _ network: Network, to dataset: Dataset, validation: Dataset? = nil, checkpoints: Checkpoints? = nil,
    observe: (Iteration) throws -> Void = { _ in }
  ) throws -> TrainingRun {
    try fit(network, to: dataset, validation: validation, checkpoints: checkpoints) { iteration, _ in
      try observe(iteration)
    }
  }

  /// Trains a network as ``fit(_:to:validation:checkpoints:observe:)`` does. `observe` also receives a closure that
  /// returns the network after the iteration. In the dual form, the closure reads all pixels.
  package func fit(
    _ network: Network, to dataset: Dataset, validation: Dataset? = nil, checkpoints: Checkpoints? = nil,
    observe: (Iteration, () -> Network) throws -> Void
  ) throws -> TrainingRun {
    let result = Result { try trained(network, on: dataset, validation, checkpoints, observe) }
    try dataset.checkUnchanged()  // other errors can be the result of a change
    var run = try result.get()
    // Without early stopping, the validation split has no influence.
    let used = configuration.earlyStopping == nil ? nil : validation
    run.classifier.seen = SeenImages(training: dataset, validation: used)
    return run
  }

  private func trained(
    _ network: Network, on dataset: Dataset, _ validation: Dataset?, _ checkpoints: Checkpoints?,
    _ observe: (Iteration, () -> Network) throws -> Void
  ) throws -> TrainingRun {
    try check(network, dataset)
    if let validation { try check(dataset, validation: validation) }
    let validationMonitor = ValidationMonitor(
      validation, stopping: configuration.earlyStopping, loss: configuration.loss)
    if dataset.cluster != nil, configuration.isInBatches { throw TrainingError.batchesInCluster }
    let checkpointManager = checkpoints.map { checkpoints in
      // The identity of divided data is collective, but checkpoints are written by one rank.
      let known = dataset.cluster.map { _ in TrainingIdentity(configuration, network, dataset, validation) }
      return CheckpointManager(checkpoints, of: dataset) {
        known ?? TrainingIdentity(configuration, network, dataset, validation)
      }
    }
    let scaling = featureTransform(for: dataset)
    if configuration.isInBatches {
      return try fitInBatches(network, to: dataset, scaling, validationMonitor, checkpointManager, observe)
    }
    let form = form(for: network, on: dataset)
    let trainer = Trainer(configuration.recorded(form: form))
    switch form {
    case .dual:
      // The Gram matrix needs all pairs of examples. There are few, so each rank computes the same.
      dataset.unite()
      let descent = DualDescent(dataset, configuration: configuration, scaling: scaling, from: network)
      return try trainer.fitFullBatch(descent, on: dataset, validationMonitor, checkpointManager, observe)
    default:
      let descent = PrimalDescent(dataset, configuration: configuration, scaling: scaling, from: network)
      return try trainer.fitFullBatch(descent, on: dataset, validationMonitor, checkpointManager, observe)
    }
  }
}
