import PerceptDatasets
import PerceptModels

/// Steps 2 to 6 of the article, again and again: the one loop of every training, whatever the process.
struct TrainingLoop<Process: TrainingProcess> {
  private var trainer: Trainer
  private let dataset: Dataset
  private let learningRate: Double
  private let stable: Double?
  private var process: Process
  private var validationMonitor: ValidationMonitor
  private var costs: CostHistory
  /// How many updates have been made.
  private var iteration = 0
  /// The parameters that had the lowest cost.
  private var best: [Process.Number]

  /// - Parameters:
  ///   - trainer: the settings.
  ///   - dataset: what is trained on.
  ///   - process: what is trained, before its first update.
  ///   - validationMonitor: what looks at the validation part.
  ///   - updatesPerCost: how many updates make one of the record's costs.
  ///   - learningRate: before any schedule.
  ///   - stable: the largest stable learning rate, where there is one.
  init(
    _ trainer: Trainer, on dataset: Dataset, _ process: Process, _ validationMonitor: ValidationMonitor,
    updatesPerCost: Int = 1,
    learningRate: Double, stable: Double? = nil
  ) {
    self.trainer = trainer
    self.dataset = dataset
    self.learningRate = learningRate
    self.stable = stable
    self.process = process
    self.validationMonitor = validationMonitor
    costs = CostHistory(updates: updatesPerCost, iterations: trainer.iterations)
    // A copy: in shared memory the first update would make one.
    best = process.parameters.map { $0 }
  }

  /// Trains to the end.
  ///
  /// - Parameters:
  ///   - checkpointManager: what keeps checkpoints; an error of `observe` leaves one behind.
  ///   - observe: called after every update, with what makes the network that there is then.
  /// - Returns: what came of it.
  /// - Throws: what `observe` throws, and what keeps the training from going on.
  mutating func run(
    keeping checkpointManager: CheckpointManager?, _ observe: (Iteration, () -> Network) throws -> Void
  ) throws -> TrainingRun {
    var checkpointManager = checkpointManager
    try checkpointManager?.restore { archive in try code(with: &archive) }
    while iteration < trainer.iterations, !process.hasConverged, !validationMonitor.isEnough {
      let (cost, weight) = process.evaluate(iteration: iteration)
      guard cost.isFinite else { return try diverged() }
      let isComplete = costs.add(cost, weight: weight)
      if isComplete {
        if costs.isLowest { keepBest() }
        if costs.isRisingForGood { return try diverged() }
      }
      process.update(learningRate: learningRate * trainer.schedule.factor(iteration: iteration, of: trainer.iterations))
      iteration += 1
      let look =
        isComplete && validationMonitor.isDue(after: costs.complete.count)
        ? try validationMonitor.look(at: classifier(process.network()), after: iteration - 1) : nil
      do {
        try observe(Iteration(iteration: iteration - 1, cost: cost, validation: look)) { process.network() }
      } catch is StopTraining {
        trainer.iterations = iteration
      } catch {
        try keep(&checkpointManager)
        throw error
      }
      if checkpointManager?.isDue(after: iteration) == true { try keep(&checkpointManager) }
    }
    let network = validationMonitor.best ?? process.network()
    return network.isFinite ? finished(network) : try diverged()
  }

  /// Remembers the parameters, in memory that is already there.
  private mutating func keepBest() {
    let parameters = process.parameters
    best.withUnsafeMutableBufferPointer { best in
      parameters.withUnsafeBufferPointer { _ = best.update(from: $0) }
    }
  }

  /// The run with the best weights there were, where anything was learned.
  private mutating func diverged() throws -> TrainingRun {
    guard costs.lowest > 0 else {
      throw TrainingError.diverged(iteration: iteration, learningRate: learningRate, stable: stable)
    }
    process.parameters = best
    var run = finished(validationMonitor.best ?? process.network())
    run.divergence = Divergence(
      iteration: iteration, lowestCost: costs.complete[costs.lowest], lowestIteration: costs.lowestIteration)
    return run
  }

  private func finished(_ network: Network) -> TrainingRun {
    var classifier = classifier(network)
    classifier.record.validation = validationMonitor.looks.isEmpty ? nil : validationMonitor.looks
    return TrainingRun(
      classifier: classifier, dataset: dataset, coefficients: validationMonitor.best == nil ? process.coefficients : nil
    )
  }

  /// A network with what a classifier holds besides.
  private func classifier(_ network: Network) -> Classifier {
    Classifier(
      network: network, classNames: dataset.classNames, preprocessing: dataset.preprocessing,
      record: TrainingRecord(
        settings: trainer.settings(learningRate: learningRate, dataset), stableLearningRate: stable, costs: costs.all))
  }

  private mutating func keep(_ checkpointManager: inout CheckpointManager?) throws {
    guard checkpointManager != nil else { return }
    let network = process.network()
    // Weights that have overflowed are no place to go on from; the last checkpoint is.
    guard network.isFinite else { return }
    var archive = StateArchive()
    try code(with: &archive)
    try checkpointManager?.write(classifier(network), archive)
  }

  private mutating func code(with archive: inout StateArchive) throws {
    try archive.code("iteration", &iteration)
    guard (0...trainer.iterations).contains(iteration) else { throw StateArchive.Mismatch(name: "iteration") }
    try costs.code(with: &archive)
    try archive.code("best", &best)
    try process.code(with: &archive)
    try validationMonitor.code(with: &archive, like: process.network())
  }
}
