import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

extension Trainer {
  /// Returns the number of iterations of a number of epochs.
  ///
  /// - Parameters:
  ///   - epochs: the number of epochs. Each epoch uses every example once.
  ///   - examples: the number of training examples.
  ///   - batchSize: the number of examples in a batch; nil for all examples.
  /// - Returns: the number of batches in these epochs, at most the largest number of iterations.
  public static func iterations(epochs: Int, examples: Int, batchSize: Int?) -> Int {
    let batches = BatchSampler.batches(count: examples, batchSize: batchSize ?? max(examples, 1))
    let (product, overflow) = epochs.multipliedReportingOverflow(by: batches)
    return overflow ? TrainingConfiguration.largestCount : min(product, TrainingConfiguration.largestCount)
  }

  /// Trains in batches, in Float32.
  func fitInBatches(
    _ network: Network, to dataset: Dataset, _ scaling: FeatureTransform, _ validationMonitor: ValidationMonitor,
    _ checkpointManager: CheckpointManager?, _ observe: (Iteration, () -> Network) throws -> Void
  ) throws -> TrainingRun {
    guard BLAS.isInstalled else { throw TrainingError.noBLAS }
    let size = min(configuration.batchSize ?? dataset.count, dataset.count)
    let descent = BatchDescent(dataset, configuration: configuration, scaling: scaling, from: network, batchSize: size)
    let optimizerState = BatchOptimizerState(
      configuration, weightRanges: descent.layout.weightRanges, count: descent.parameters.count)
    let sampler = BatchSampler(count: dataset.count, batchSize: size, seed: configuration.seed)
    var loop = TrainingLoop(
      configuration, on: dataset, BatchProcess(descent, optimizerState: optimizerState, sampler: sampler),
      validationMonitor,
      updatesPerCost: BatchSampler.batches(count: dataset.count, batchSize: size),
      learningRate: try learningRate(curvature: nil))
    return try loop.run(checkpointManager, observe)
  }
}
