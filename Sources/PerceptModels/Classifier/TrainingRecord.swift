/// What a model remembers of its training: no times and no paths, so equal runs write equal files.
public struct TrainingRecord: Sendable, Hashable, Codable {
  /// How the weights were found. What does not apply to a training is nil.
  public struct Settings: Sendable, Hashable, Codable {
    /// The optimizer, such as "gradient descent".
    public var optimizer: String
    /// The optimizer's momentum.
    public var momentum: Double?
    /// The learning rate α that was used.
    public var learningRate: Double
    /// Whether the training chose that rate itself.
    public var isAutomatic: Bool
    /// How many iterations were asked for.
    public var iterations: Int
    /// How many examples an iteration looked at, where not all.
    public var batchSize: Int?
    /// How the learning rate changed, where it did.
    public var schedule: String?
    /// How training pictures were changed, where they were.
    public var augmentation: String?
    /// λ of the penalty λ/2·‖W‖².
    public var l2: Double?
    /// λ₁ of the penalty λ₁·Σ|w|.
    public var l1: Double?
    /// What each class's losses were multiplied by.
    public var classWeights: [Double]?
    /// ε of the label smoothing.
    public var labelSmoothing: Double?
    /// How features were scaled: "standardize", or nil for 0 … 1.
    public var scale: String?

    /// Settings of a run.
    public init(optimizer: String, momentum: Double? = nil, learningRate: Double, isAutomatic: Bool, iterations: Int) {
      self.optimizer = optimizer
      self.momentum = momentum
      self.learningRate = learningRate
      self.isAutomatic = isAutomatic
      self.iterations = iterations
    }
  }

  /// A look at the validation part while the network was trained.
  public struct ValidationResult: Sendable, Hashable, Codable {
    /// After which iteration, from 0.
    public var iteration: Int
    /// The mean loss of the validation pictures, without penalties.
    public var cost: Double
    /// The share of them that was answered rightly, 0 … 1.
    public var accuracy: Double

    /// A look after an iteration.
    public init(iteration: Int, cost: Double, accuracy: Double) {
      self.iteration = iteration
      self.cost = cost
      self.accuracy = accuracy
    }
  }

  /// How the weights were found.
  public var settings: Settings
  /// The learning rate above which the cost may rise; nil with hidden layers, where nobody knows it.
  public var stableLearningRate: Double?
  /// The cost before each iteration; with batches, the mean cost of the batches of each epoch.
  public var costs: [Double]
  /// The looks at the validation part, where there were any; the weights are those of the lowest cost.
  public var validation: [ValidationResult]?
  /// The score on each part that was evaluated, by the part's name.
  public var scores: [String: Score]

  /// A record of a run.
  public init(settings: Settings, stableLearningRate: Double?, costs: [Double], scores: [String: Score] = [:]) {
    self.settings = settings
    self.stableLearningRate = stableLearningRate
    self.costs = costs
    self.scores = scores
  }
}
