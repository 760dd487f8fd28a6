import PerceptModels

/// A training taken one update at a time, in whatever numbers and coordinates it works.
protocol TrainingProcess {
  associatedtype Number: BinaryFloatingPoint

  /// All that is learned, in its own coordinates.
  var parameters: [Number] { get set }

  /// Whether more updates would change nothing.
  var hasConverged: Bool { get }

  /// Forward and backward.
  ///
  /// - Parameter iteration: which update it is for, from 0.
  /// - Returns: the cost of the parameters, and how many examples it stands for among those of an epoch.
  mutating func evaluate(iteration: Int) -> (cost: Double, weight: Int)

  /// Changes the parameters with the gradient of the last evaluation.
  mutating func update(learningRate: Double)

  /// The network that the parameters stand for.
  func network() -> Network

  /// What the first layer's weights hold of each example, where that is how they are kept: units x examples.
  var coefficients: [Double]? { get }

  /// Puts its numbers into an archive or takes them out of one.
  mutating func code(with archive: inout StateArchive) throws
}

extension TrainingProcess {
  var coefficients: [Double]? { nil }
}

/// Gradient descent on all examples at once, in Float64.
struct FullBatchProcess<Form: Descent>: TrainingProcess {
  private var descent: Form
  private var updater: OptimizerState<Double>
  private var gradient: [Double]

  init(_ descent: Form, optimizer: Optimizer) {
    self.descent = descent
    gradient = Array(repeating: 0, count: descent.parameters.count)
    updater = OptimizerState(optimizer, count: gradient.count)
  }

  var parameters: [Double] {
    get { descent.parameters }
    set { descent.parameters = newValue }
  }

  var coefficients: [Double]? { descent.coefficients }

  var hasConverged: Bool { false }

  mutating func evaluate(iteration: Int) -> (cost: Double, weight: Int) { (descent.evaluate(gradient: &gradient), 1) }

  mutating func update(learningRate: Double) {
    updater.update(&descent.parameters, by: gradient, learningRate: learningRate)
  }

  func network() -> Network { descent.network() }

  mutating func code(with archive: inout StateArchive) throws {
    try archive.code("parameters", &descent.parameters)
    try updater.code(with: &archive)
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

/// Gradient descent on batches, in Float32.
struct BatchProcess: TrainingProcess {
  private let descent: BatchDescent
  private var updater: BatchOptimizerState
  private var sampler: BatchSampler

  init(_ descent: BatchDescent, updater: BatchOptimizerState, sampler: BatchSampler) {
    self.descent = descent
    self.updater = updater
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
    descent.update { updater.update(&$0, by: $1, learningRate: learningRate) }
  }

  func network() -> Network { descent.network() }

  mutating func code(with archive: inout StateArchive) throws {
    try archive.code("parameters", &descent.parameters)
    try updater.code(with: &archive)
    try sampler.code(with: &archive)
  }
}
