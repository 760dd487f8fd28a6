public import PerceptDatasets
public import PerceptIO
public import PerceptModels

/// The result of a training run.
public struct TrainingRun: Sendable {
  /// The trained classifier. Its record contains the configuration and the costs.
  public var classifier: Classifier
  /// The training split.
  public let dataset: Dataset

  /// The coefficients aᵢ of the training images in the weights of the first layer, units x examples. The weights are W
  /// = s·W⁰ + Σ aᵢ·x̃ᵢ, where x̃ᵢ are the scaled features of an image and W⁰ the initial weights; if W⁰ = 0, they are a
  /// sum of images. Nil unless the run was in the dual form and the classifier has the weights of the last iteration.
  public let coefficients: [Double]?

  /// The divergence of the run, if it diverged. The classifier then has the weights with the lowest cost.
  public internal(set) var divergence: Divergence?

  /// The cost before each iteration (`costs[0]` is that of the initial weights); with batches, the mean of each epoch.
  public var costs: [Double] { classifier.record.costs }

  /// The learning rate before the schedule is applied.
  public var learningRate: Double { classifier.record.learningRate }

  /// The largest stable learning rate, above which the cost may rise; nil if it is unknown, as with hidden layers.
  public var stableLearningRate: Double? { classifier.record.stableLearningRate }
}

/// An error that the observer of a training run throws to end the run early and keep its result.
public struct StopTraining: Error {
  /// Creates the error.
  public init() {}
}

/// The divergence of a training run: the cost rose permanently, or the weights overflowed.
public struct Divergence: Sendable, Hashable, Codable {
  /// The number of iterations after which the divergence was detected and the run ended.
  public let iteration: Int
  /// The lowest cost of the run.
  public let lowestCost: Double
  /// The index of the iteration with the lowest cost.
  public let lowestIteration: Int
}

/// A completed iteration, as reported to the observer of a training run.
public struct Iteration: Sendable, Hashable {
  /// The index of the iteration, from 0.
  public let iteration: Int
  /// The cost before the update.
  public let cost: Double
  /// The validation result after the update, if one was due.
  public let validation: TrainingRecord.ValidationResult?
  /// Why the checkpoint that was due after the previous iteration could not be written, for example because the disk is
  /// full; nil if it was written, or none was due. The file still contains the checkpoint before it.
  public let checkpointFailure: FileError?
}
