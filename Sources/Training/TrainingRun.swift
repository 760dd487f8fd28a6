public import Classification
public import Datasets

/// What came of a training.
public struct TrainingRun: Sendable {
  /// The trained classifier; its record holds settings and costs.
  public var classifier: Classifier
  /// What it was trained on.
  public let dataset: Dataset

  /// The cost before each iteration: `costs[0]` is that of the initial weights.
  public var costs: [Double] { classifier.record.costs }

  /// The learning rate that was used.
  public var learningRate: Double { classifier.record.settings.learningRate }

  /// The largest stable learning rate: above it the cost may rise. Nil with hidden layers, where nobody knows it.
  public var stableLearningRate: Double? { classifier.record.stableLearningRate }
}

/// One iteration as it happens.
public struct Iteration: Sendable, Hashable {
  /// Which iteration, from 0.
  public let iteration: Int
  /// The cost before its update.
  public let cost: Double
}
