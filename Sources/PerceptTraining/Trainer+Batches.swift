import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

extension Trainer {
  /// How many iterations so many epochs take.
  ///
  /// - Parameters:
  ///   - epochs: how often every example is looked at.
  ///   - examples: how many there are.
  ///   - batchSize: how many an iteration looks at; nil for all.
  /// - Returns: the number of batches.
  public static func iterations(epochs: Int, examples: Int, batchSize: Int?) -> Int {
    epochs * BatchSampler.batches(count: examples, batchSize: batchSize ?? max(examples, 1))
  }

  /// Trains on batches, in Float32.
  func fitInBatches(
    _ network: Network, to dataset: Dataset, _ scaling: FeatureTransform, _ validationMonitor: ValidationMonitor,
    _ checkpointManager: CheckpointManager?, _ observe: (Iteration, () -> Network) throws -> Void
  ) throws -> TrainingRun {
    guard BLAS.isInstalled else { throw TrainingError.noBLAS }
    let size = min(batchSize ?? dataset.count, dataset.count)
    // AdamW takes the penalty out of the gradient.
    let objective = optimizer.isDecoupled ? objective.withoutL2 : objective
    let descent = BatchDescent(
      dataset, objective: objective, scaling: scaling, from: network, batchSize: size, augmentation: augmentation,
      seed: seed)
    let updater = BatchOptimizerState(
      optimizer, decay: self.objective.l2, weightRanges: descent.layout.weightRanges, count: descent.parameters.count)
    let sampler = BatchSampler(count: dataset.count, batchSize: size, seed: seed)
    var loop = TrainingLoop(
      self, on: dataset, BatchProcess(descent, updater: updater, sampler: sampler), validationMonitor,
      updatesPerCost: BatchSampler.batches(count: dataset.count, batchSize: size),
      learningRate: try learningRate(curvature: nil))
    return try loop.run(keeping: checkpointManager, observe)
  }
}

extension Objective {
  fileprivate var withoutL2: Objective {
    Objective(loss, l1: l1, classWeights: classWeights, labelSmoothing: labelSmoothing)
  }
}

extension Optimizer {
  /// Whether the L2 penalty is no part of the gradient.
  fileprivate var isDecoupled: Bool { if case .adamW = self { true } else { false } }
}
