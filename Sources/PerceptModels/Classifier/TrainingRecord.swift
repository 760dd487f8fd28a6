import FoundationEssentials
public import PerceptDatasets
import PerceptIO

/// The record of a training run in a model file. It contains no times and no paths, so equal runs write equal files.
public struct TrainingRecord: Sendable, Hashable {
  /// The cost and the accuracy on the validation split after an iteration.
  public struct ValidationResult: Sendable, Hashable, Codable {
    /// The index of the iteration, from 0.
    public var iteration: Int
    /// The mean loss of the validation images, without penalties.
    public var cost: Double
    /// The fraction of the validation images that are classified correctly, 0 … 1.
    public var accuracy: Double

    /// Creates a result.
    public init(iteration: Int, cost: Double, accuracy: Double) {
      self.iteration = iteration
      self.cost = cost
      self.accuracy = accuracy
    }
  }

  /// The training configuration.
  public var configuration: TrainingConfiguration
  /// The learning rate α before the schedule is applied; 1 for L-BFGS.
  public var learningRate: Double
  /// The largest stable learning rate, above which the cost may rise; nil if it is unknown, as with hidden layers.
  public var stableLearningRate: Double?
  /// The cost before each iteration; with batches, the mean cost of the batches of each epoch.
  public var costs: [Double]
  /// The validation results, if there was early stopping; the model has the weights of the result with the lowest cost.
  public var validation: [ValidationResult]?
  /// The score on each evaluated split, by the name of the split.
  public var scores: [String: Score]
  /// How the test split was drawn; nil if the data defines its splits, or if it is unknown.
  public var draw: SplitDraw?

  /// Creates a record without validation results.
  ///
  /// - Parameters:
  ///   - configuration: the training configuration.
  ///   - learningRate: the learning rate before the schedule is applied.
  ///   - stableLearningRate: the largest stable learning rate; nil if it is unknown.
  ///   - costs: the cost before each iteration, or of each epoch.
  ///   - scores: the score on each evaluated split.
  public init(
    _ configuration: TrainingConfiguration = TrainingConfiguration(), learningRate: Double = 0,
    stableLearningRate: Double? = nil, costs: [Double] = [], scores: [String: Score] = [:]
  ) {
    self.configuration = configuration
    self.learningRate = learningRate
    self.stableLearningRate = stableLearningRate
    self.costs = costs
    self.scores = scores
  }
}

extension TrainingRecord {
  /// Returns the indices of the costs that are higher than the previous one. A rise by less than a billionth of the cost does
  /// not count: where the training has converged, the cost is constant except for rounding errors, which are smaller.
  package static func rises(in costs: [Double]) -> [Int] {
    costs.indices.dropFirst().filter { costs[$0] > costs[$0 - 1] * (1 + 1e-9) }
  }
}

extension TrainingRecord: Codable {
  private enum CodingKeys: CodingKey {
    case configuration, learningRate, stableLearningRate, costs, validation, scores, draw
    /// Version 1 has this key instead of `configuration` and `learningRate`.
    case settings
  }

  /// Decodes the record of a model file of version 1 or 2.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      stableLearningRate: try container.decodeIfPresent(Double.self, forKey: .stableLearningRate),
      costs: try container.decode([Double].self, forKey: .costs),
      scores: try container.decode([String: Score].self, forKey: .scores))
    validation = try container.decodeIfPresent([ValidationResult].self, forKey: .validation)
    draw = try container.decodeIfPresent(SplitDraw.self, forKey: .draw)
    if let settings = try container.decodeIfPresent(Version1Settings.self, forKey: .settings) {
      guard let configuration = settings.configuration else {
        throw DecodingError.dataCorruptedError(
          forKey: .settings, in: container, debugDescription: "a value that version 1 does not define")
      }
      (self.configuration, learningRate) = (configuration, settings.learningRate)
    } else {
      // A file of this version has every option, and needs no defaults.
      configuration =
        try (try? container.decode(TrainingConfiguration.self, forKey: .configuration))
        ?? configuration.with(container.decode(JSONValue.self, forKey: .configuration).members)
      learningRate = try container.decode(Double.self, forKey: .learningRate)
    }
  }

  /// Encodes the record of a model file of version 2.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(configuration, forKey: .configuration)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encodeIfPresent(stableLearningRate, forKey: .stableLearningRate)
    try container.encode(costs, forKey: .costs)
    try container.encodeIfPresent(validation, forKey: .validation)
    try container.encode(scores, forKey: .scores)
    try container.encodeIfPresent(draw, forKey: .draw)
  }
}
