/// What a model remembers of its training: no times and no paths, so equal runs write equal files.
public struct TrainingRecord: Sendable, Hashable, Codable {
  /// How the weights were found.
  public struct Settings: Sendable, Hashable, Codable {
    /// The optimizer, such as "gradient descent".
    public var optimizer: String
    /// The optimizer's momentum, where it has one.
    public var momentum: Double?
    /// The learning rate α that was used.
    public var learningRate: Double
    /// Whether the training chose that rate itself and subtracted the mean image while it ran.
    public var isAutomatic: Bool
    /// How many iterations were asked for.
    public var iterations: Int
    /// λ of the penalty λ/2·‖W‖², where there is one.
    public var l2: Double?

    /// Settings of a run.
    public init(
      optimizer: String, momentum: Double? = nil, learningRate: Double, isAutomatic: Bool, iterations: Int,
      l2: Double? = nil
    ) {
      self.optimizer = optimizer
      self.momentum = momentum
      self.l2 = l2
      self.learningRate = learningRate
      self.isAutomatic = isAutomatic
      self.iterations = iterations
    }
  }

  /// How the weights were found.
  public var settings: Settings
  /// The learning rate above which the cost may rise.
  public var stableLearningRate: Double
  /// The cost before each iteration.
  public var costs: [Double]
  /// The score on each part that was evaluated, by the part's name.
  public var scores: [String: Score]

  /// A record of a run.
  public init(settings: Settings, stableLearningRate: Double, costs: [Double], scores: [String: Score] = [:]) {
    self.settings = settings
    self.stableLearningRate = stableLearningRate
    self.costs = costs
    self.scores = scores
  }
}
