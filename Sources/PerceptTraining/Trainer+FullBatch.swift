import PerceptDatasets
import PerceptModels

extension Trainer {
  /// The form of full-batch descent for a network on a dataset.
  func form(for network: Network, on dataset: Dataset) -> DescentForm {
    if objective.l1 != 0 { return .primal }
    return form.resolved(
      examples: dataset.count, features: dataset.featureCount, units: network.layers[0].bias.count,
      iterations: iterations)
  }

  /// Trains with all examples in every iteration.
  func fitAtOnce(
    _ descent: some Descent, on dataset: Dataset, _ validationMonitor: ValidationMonitor,
    _ checkpointManager: CheckpointManager?,
    _ observe: (Iteration, () -> Network) throws -> Void
  ) throws -> TrainingRun {
    if case .lbfgs = optimizer {
      var loop = TrainingLoop(self, on: dataset, LBFGS(descent), validationMonitor, learningRate: 1)
      return try loop.run(keeping: checkpointManager, observe)
    }
    let curvature = descent.curvature()
    var loop = TrainingLoop(
      self, on: dataset, FullBatchProcess(descent, optimizer: optimizer), validationMonitor,
      learningRate: try learningRate(curvature: curvature),
      stable: curvature.flatMap(optimizer.stableLearningRate))
    return try loop.run(keeping: checkpointManager, observe)
  }
}
