import PerceptModels

/// A training process that makes one update at a time, with parameters of its own type and in its own coordinates.
protocol TrainingProcess {
  associatedtype Number: BinaryFloatingPoint

  var parameters: [Number] { get set }

  /// Whether further updates would not change the parameters.
  var hasConverged: Bool { get }

  /// Computes the cost and the gradient (forward and backward). `weight` is that of the cost in the mean of an epoch.
  mutating func evaluate(iteration: Int) -> (cost: Double, weight: Int)

  /// Updates the parameters with the gradient of the last evaluation.
  mutating func update(learningRate: Double)

  func network() -> Network

  /// The coefficients of the examples in the first layer's weights, units x examples; nil unless in the dual form.
  var coefficients: [Double]? { get }

  /// Encodes the state into an archive, or decodes it.
  mutating func code(with archive: inout StateArchive) throws
}

extension TrainingProcess {
  var coefficients: [Double]? { nil }
}

/// Full-batch gradient descent, in Float64.
struct FullBatchProcess<Form: Descent>: TrainingProcess {
  private var descent: Form
  private var optimizerState: OptimizerState<Double>
  private var gradient: [Double]

  init(_ descent: Form, _ configuration: TrainingConfiguration) {
    self.descent = descent
    gradient = Array(repeating: 0, count: descent.parameters.count)
    optimizerState = OptimizerState(configuration, count: gradient.count)
  }

  var parameters: [Double] {
    get { descent.parameters }
    set { descent.parameters = newValue }
  }

  var coefficients: [Double]? { descent.coefficients }

  var hasConverged: Bool { false }

  mutating func evaluate(iteration: Int) -> (cost: Double, weight: Int) { (descent.evaluate(gradient: &gradient), 1) }

  mutating func update(learningRate: Double) {
    optimizerState.update(&descent.parameters, by: gradient, learningRate: learningRate)
  }

  func network() -> Network { descent.network() }

  mutating func code(with archive: inout StateArchive) throws {
    try archive.code("parameters", &descent.parameters)
    try optimizerState.code(with: &archive)
  }
}

extension LBFGS: TrainingProcess {
  var parameters: [Double] {
    get { descent.parameters }
    set { descent.parameters = newValue }
  }

  var coefficients: [Double]? { descent.coefficients }

  func evaluate(iteration: Int) -> (cost: Double, weight: Int) { (cost, 1) }

  mutating func update(learningRate: Double) { iterate() }

  func network() -> Network { descent.network() }
}

/// Mini-batch gradient descent, in Float32.
struct BatchProcess: TrainingProcess {
  private let descent: BatchDescent
  private var optimizerState: BatchOptimizerState
  private var sampler: BatchSampler

  init(_ descent: BatchDescent, optimizerState: BatchOptimizerState, sampler: BatchSampler) {
    self.descent = descent
    self.optimizerState = optimizerState
    self.sampler = sampler
  }

  var parameters: [Float] {
    get { descent.parameters }
    set { descent.parameters = newValue }
  }

  var hasConverged: Bool { false }

  mutating func evaluate(iteration: Int) -> (cost: Double, weight: Int) {
    let rows = sampler.batch()
    return (descent.evaluate(rows, iteration: iteration), rows.count)
  }

  mutating func update(learningRate: Double) {
    descent.update { optimizerState.update(&$0, by: $1, learningRate: learningRate) }
  }

  func network() -> Network { descent.network() }

  mutating func code(with archive: inout StateArchive) throws {
    try archive.code("parameters", &descent.parameters)
    try optimizerState.code(with: &archive)
    try sampler.code(with: &archive)
  }
}
