import PerceptDatasets
import PerceptIO
import PerceptModels

/// The training loop, steps 2 to 6 of the article. All training processes share it.
struct TrainingLoop<Process: TrainingProcess> {
  private var configuration: TrainingConfiguration
  private let dataset: Dataset
  private let learningRate: Double
  private let stable: Double?
  private var process: Process
  private var validationMonitor: ValidationMonitor
  private var costs: CostHistory
  /// The number of completed updates.
  private var iteration = 0
  /// The parameters with the lowest cost.
  private var best: [Process.Number]

  /// `learningRate` is the rate before the schedule is applied; `stable` is the largest stable one, nil if unknown.
  init(
    _ configuration: TrainingConfiguration, on dataset: Dataset, _ process: Process,
    _ validationMonitor: ValidationMonitor, updatesPerCost: Int = 1, learningRate: Double, stable: Double? = nil
  ) {
    self.configuration = configuration
    self.dataset = dataset
    self.learningRate = learningRate
    self.stable = stable
    self.process = process
    self.validationMonitor = validationMonitor
    costs = CostHistory(updates: updatesPerCost, iterations: configuration.iterations)
    // Copy the elements now. With shared storage, the first update would copy them.
    best = process.parameters.map { $0 }
  }

  /// Runs the loop to the end. `observe` is called after each update, with a closure that returns the current network;
  /// if it throws, a checkpoint is written. Throws errors of `observe`; ``TrainingError`` if the run diverges before
  /// the cost improves; `FileError` and `ModelError` for a checkpoint that cannot be read, or not be written at the end.
  mutating func run(
    _ checkpointManager: CheckpointManager?, _ observe: (Iteration, () -> Network) throws -> Void
  ) throws -> TrainingRun {
    var (checkpointManager, checkpointFailure) = (checkpointManager, FileError?.none)
    try checkpointManager?.restore { archive in try code(with: &archive) }
    while iteration < configuration.iterations, !process.hasConverged, !validationMonitor.shouldStop {
      let (cost, weight) = process.evaluate(iteration: iteration)
      guard cost.isFinite else { return try diverged() }
      let isComplete = costs.add(cost, weight: weight)
      if isComplete {
        if costs.isLowest { saveBest() }
        if costs.isDiverging { return try diverged() }
      }
      let factor = configuration.schedule.factor(
        iteration: iteration, of: configuration.iterations, warmUp: configuration.warmUp)
      process.update(learningRate: learningRate * factor)
      iteration += 1
      let validation =
        isComplete && validationMonitor.isDue(after: costs.complete.count)
        ? try validationMonitor.validate(classifier(process.network()), after: iteration - 1) : nil
      do {
        let step = Iteration(
          iteration: iteration - 1, cost: cost, validation: validation, checkpointFailure: checkpointFailure)
        checkpointFailure = nil
        try observe(step) { process.network() }
      } catch is StopTraining {
        configuration.iterations = iteration
      } catch {
        try writeCheckpoint(&checkpointManager)
        throw error
      }
      guard checkpointManager?.isDue(after: iteration) == true else { continue }
      do {
        try writeCheckpoint(&checkpointManager)
      } catch let error as FileError where error.reason != .changed {
        checkpointFailure = error
      }
    }
    let network = validationMonitor.best ?? process.network()
    return network.isBounded() ? finished(network) : try diverged()
  }

  /// Saves the parameters without allocating memory.
  private mutating func saveBest() {
    let parameters = process.parameters
    best.withUnsafeMutableBufferPointer { best in
      parameters.withUnsafeBufferPointer { _ = best.update(from: $0) }
    }
  }

  /// Returns the diverged run with the weights of the lowest cost; throws if the first cost is the lowest.
  private mutating func diverged() throws -> TrainingRun {
    process.parameters = best
    let network = validationMonitor.best ?? process.network()
    guard costs.lowest > 0, network.isBounded() else {
      throw TrainingError.diverged(iteration: iteration, learningRate: learningRate, stable: stable)
    }
    var run = finished(network)
    run.divergence = Divergence(
      iteration: iteration, lowestCost: costs.complete[costs.lowest], lowestIteration: costs.lowestIteration)
    return run
  }

  private func finished(_ network: Network) -> TrainingRun {
    var classifier = classifier(network)
    classifier.record.validation = validationMonitor.results.isEmpty ? nil : validationMonitor.results
    return TrainingRun(
      classifier: classifier, dataset: dataset, coefficients: validationMonitor.best == nil ? process.coefficients : nil
    )
  }

  private func classifier(_ network: Network) -> Classifier {
    Classifier(
      network: network, classNames: dataset.classNames, preprocessing: dataset.preprocessing,
      record: TrainingRecord(
        configuration, learningRate: learningRate, stableLearningRate: stable, costs: costs.all))
  }

  private mutating func writeCheckpoint(_ checkpointManager: inout CheckpointManager?) throws {
    guard checkpointManager != nil else { return }
    let network = process.network()
    // Keep the last checkpoint if the weights have overflowed, because such a run cannot be resumed.
    guard network.isBounded() else { return }
    var archive = StateArchive()
    try code(with: &archive)
    try checkpointManager?.write(classifier(network), archive)
  }

  private mutating func code(with archive: inout StateArchive) throws {
    try archive.code("iteration", &iteration)
    guard (0...configuration.iterations).contains(iteration) else { throw StateArchive.Mismatch(name: "iteration") }
    try costs.code(with: &archive, iteration: iteration)
    try archive.code("best", &best)
    try process.code(with: &archive)
    try validationMonitor.code(with: &archive, like: process.network())
  }
}
