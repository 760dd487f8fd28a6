public import PerceptDatasets
public import PerceptModels

/// What came of a training.
public struct TrainingRun: Sendable {
  /// The trained classifier; its record holds settings and costs.
  public var classifier: Classifier
  /// What it was trained on.
  public let dataset: Dataset

  /// How much of each example the first layer's weights are made of, units x examples, where the training was in the dual form and
  /// ended with its last weights: W = s·W⁰ + Σ aᵢ·x̃ᵢ, with x̃ the example's features as they were scaled while it learned. Of a
  /// neuron that started from zeros, the weights are nothing else.
  public let coefficients: [Double]?

  /// How the training went astray, where it did; its classifier then has the best weights there were.
  public internal(set) var divergence: Divergence?

  /// The cost before each iteration: `costs[0]` is that of the initial weights.
  public var costs: [Double] { classifier.record.costs }

  /// The learning rate that was used.
  public var learningRate: Double { classifier.record.settings.learningRate }

  /// The largest stable learning rate: above it the cost may rise. Nil with hidden layers, where nobody knows it.
  public var stableLearningRate: Double? { classifier.record.stableLearningRate }
}

/// Thrown by what observes a training: it has learned enough.
public struct StopTraining: Error {
  /// The wish to stop.
  public init() {}
}

/// A training that went astray: its cost rose for good, or its weights grew beyond all numbers.
public struct Divergence: Sendable, Hashable, Codable {
  /// After how many iterations that was noticed, and the training stopped.
  public let iteration: Int
  /// The lowest cost there was.
  public let lowestCost: Double
  /// The iteration that had it.
  public let lowestIteration: Int
}

/// One iteration as it happens.
public struct Iteration: Sendable, Hashable {
  /// Which iteration, from 0.
  public let iteration: Int
  /// The cost before its update.
  public let cost: Double
  /// What a look at the validation part after the update saw, where one was taken.
  public let validation: TrainingRecord.ValidationResult?
}
