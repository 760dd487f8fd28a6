import PerceptDatasets
import PerceptModels

extension Trainer {
  func form(for network: Network, on dataset: Dataset) -> DescentForm {
    if configuration.l1 != 0 { return .primal }
    return configuration.form.resolved(
      examples: dataset.count, features: dataset.featureCount, units: network.layers[0].bias.count,
      iterations: configuration.iterations)
  }

  /// Trains with all examples in each iteration, in Float64.
  func fitFullBatch(
    _ descent: some Descent, on dataset: Dataset, _ validationMonitor: ValidationMonitor,
    _ checkpointManager: CheckpointManager?, _ observe: (Iteration, () -> Network) throws -> Void
  ) throws -> TrainingRun {
    if configuration.optimizer == .lbfgs {
      var loop = TrainingLoop(configuration, on: dataset, LBFGS(descent), validationMonitor, learningRate: 1)
      return try loop.run(checkpointManager, observe)
    }
    let curvature = descent.curvature()
    var loop = TrainingLoop(
      configuration, on: dataset, FullBatchProcess(descent, configuration), validationMonitor,
      learningRate: try learningRate(curvature: curvature),
      stable: curvature.flatMap(configuration.stableLearningRate))
    return try loop.run(checkpointManager, observe)
  }
}
