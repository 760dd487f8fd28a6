import Classification
public import Datasets
import LinearAlgebra
public import NeuralNetworks

/// Finds the weights that minimize an objective: the article's six steps.
///
/// 1. start from the network's weights; 2. forward: Z = W·X + b, A = σ(Z); 3. cost; 4. backward: dZ = A - Y,
/// dW = dZ·Xᵀ/m, db = mean(dZ); 5. update; 6. repeat 2 to 5.
public struct Trainer: Sendable {
  /// What is minimized.
  public let objective: Objective
  /// The rule of the updates.
  public let optimizer: Optimizer
  /// How many updates are made.
  public let iterations: Int
  /// How features are scaled while it lasts.
  public let scale: Scale
  /// How full-batch updates are computed.
  public let form: DescentForm
  /// How many examples an update looks at; nil for all of them, in Float64 unless the optimizer is Adam's.
  public let batchSize: Int?
  /// How the learning rate changes.
  public let schedule: Schedule
  /// What the order of batches starts from.
  public let seed: UInt64

  /// A trainer.
  ///
  /// - Parameters:
  ///   - objective: what is minimized.
  ///   - optimizer: the rule of the updates.
  ///   - iterations: how many updates are made; 0 leaves the weights as they are.
  ///   - scale: how features are scaled.
  ///   - form: how full-batch updates are computed.
  ///   - batchSize: how many examples an update looks at; nil for all of them.
  ///   - schedule: how the learning rate changes.
  ///   - seed: what the order of batches starts from.
  public init(
    minimizing objective: Objective = Objective(.crossEntropy), with optimizer: Optimizer = .gradientDescent(),
    iterations: Int = 1000, scale: Scale = .unit, form: DescentForm = .automatic, batchSize: Int? = nil,
    schedule: Schedule = Schedule(), seed: UInt64 = 0
  ) {
    self.objective = objective
    self.optimizer = optimizer
    self.iterations = iterations
    self.scale = scale
    self.form = form
    self.batchSize = batchSize
    self.schedule = schedule
    self.seed = seed
  }

  /// Trains a network on a dataset: all examples in every iteration in Float64, or batches in Float32.
  ///
  /// - Parameters:
  ///   - network: where to start; it takes `dataset.featureCount` inputs and tells as many classes apart as the dataset has.
  ///   - dataset: examples of every class.
  ///   - observe: called with every iteration and the cost before its update.
  /// - Returns: the trained classifier, with the cost of every iteration.
  /// - Throws: ``TrainingError`` when data or settings cannot be trained with, or the weights overflow.
  public func fit(
    _ network: Network, to dataset: Dataset, observe: (Iteration) throws -> Void = { _ in }
  ) throws -> TrainingRun {
    try check(network, dataset)
    let scaling = featureScaling(of: dataset)
    if isInBatches { return try fitInBatches(network, to: dataset, scaling, observe) }
    let form = form(for: network, on: dataset)
    if case .lbfgs = optimizer {
      return form == .dual
        ? try converge(
          DualDescent(dataset, objective: objective, scaling: scaling, from: network), on: dataset, observe)
        : try converge(
          PrimalDescent(dataset, objective: objective, scaling: scaling, from: network), on: dataset, observe)
    }
    return form == .dual
      ? try run(DualDescent(dataset, objective: objective, scaling: scaling, from: network), on: dataset, observe)
      : try run(PrimalDescent(dataset, objective: objective, scaling: scaling, from: network), on: dataset, observe)
  }

  private func featureScaling(of dataset: Dataset) -> FeatureScaling {
    switch scale {
    case .standardize: .standardized(dataset)
    case .unit: optimizer.learningRate == .automatic && !isInBatches ? .centred(dataset) : .unit(dataset)
    }
  }

  /// A network whose weights are meant for features as this trainer scales them, as one for pixels as they are: random weights
  /// then are what they are said to be where it learns.
  ///
  /// - Parameters:
  ///   - network: a network before its first training.
  ///   - dataset: what it will be trained on.
  /// - Returns: the same with ``Scale/unit``.
  public func scaled(_ network: Network, for dataset: Dataset) -> Network {
    guard scale == .standardize else { return network }
    let first = network.layers[0]
    let folded = featureScaling(of: dataset).folded(
      weights: first.weights.elements, bias: first.bias, activation: first.activation)
    return Network(layers: [folded] + network.layers.dropFirst())
  }

  private func form(for network: Network, on dataset: Dataset) -> DescentForm {
    if objective.l1 != 0 { return .primal }
    return form.resolved(
      examples: dataset.count, features: dataset.featureCount, units: network.layers[0].bias.count,
      iterations: iterations)
  }

  private func run(
    _ start: some Descent, on dataset: Dataset, _ observe: (Iteration) throws -> Void
  ) throws -> TrainingRun {
    var descent = start
    let curvature = descent.curvature()
    let stable = curvature.flatMap(optimizer.stableLearningRate)
    let rate = try learningRate(curvature: curvature)
    var gradient = [Double](repeating: 0, count: descent.parameters.count)
    var updater = Updater(optimizer, count: gradient.count)
    var costs: [Double] = []
    costs.reserveCapacity(min(iterations, 1 << 16))
    for iteration in 0..<iterations {
      let cost = descent.evaluate(gradient: &gradient)
      guard cost.isFinite else {
        throw TrainingError.overflow(iteration: iteration, learningRate: rate, stable: stable)
      }
      let factor = schedule.factor(iteration: iteration, of: iterations)
      updater.update(&descent.parameters, by: gradient, learningRate: rate * factor)
      costs.append(cost)
      try observe(Iteration(iteration: iteration, cost: cost))
    }
    return try finished(descent.network(), on: dataset, costs: costs, learningRate: rate, stable: stable)
  }

  /// L-BFGS until it has converged, or for as many iterations as were asked for.
  private func converge(
    _ start: some Descent, on dataset: Dataset, _ observe: (Iteration) throws -> Void
  ) throws -> TrainingRun {
    var search = LBFGS(start)
    var costs: [Double] = []
    while costs.count < iterations, !search.hasConverged {
      guard search.cost.isFinite else {
        throw TrainingError.overflow(iteration: costs.count, learningRate: 1, stable: nil)
      }
      costs.append(search.cost)
      try observe(Iteration(iteration: costs.count - 1, cost: search.cost))
      search.iterate()
    }
    return try finished(search.descent.network(), on: dataset, costs: costs, learningRate: 1, stable: nil)
  }

  /// A run of a network that is trained.
  func finished(
    _ network: Network, on dataset: Dataset, costs: [Double], learningRate rate: Double, stable: Double?
  ) throws -> TrainingRun {
    guard network.isFinite else {
      throw TrainingError.overflow(iteration: iterations, learningRate: rate, stable: stable)
    }
    let record = TrainingRecord(
      settings: settings(learningRate: rate, dataset), stableLearningRate: stable, costs: costs)
    return TrainingRun(
      classifier: Classifier(
        network: network, classNames: dataset.classNames, preprocessing: dataset.preprocessing, record: record),
      dataset: dataset)
  }

  /// Whether it works in Float32 on batches, one of which may be everything.
  var isInBatches: Bool { batchSize != nil || optimizer.isAdam }

  func learningRate(curvature: Double?) throws -> Double {
    switch optimizer.learningRate {
    case .fixed(let rate): return rate
    case .automatic:
      if optimizer.isAdam { return 0.001 }
      guard let curvature else { throw TrainingError.noAutomaticRate(optimizer.name) }
      return 1 / curvature
    }
  }

  private func settings(learningRate: Double, _ dataset: Dataset) -> TrainingRecord.Settings {
    var settings = TrainingRecord.Settings(
      optimizer: optimizer.name, momentum: optimizer.momentum, learningRate: learningRate,
      isAutomatic: optimizer.learningRate == .automatic, iterations: iterations)
    settings.l2 = objective.l2 == 0 ? nil : objective.l2
    settings.l1 = objective.l1 == 0 ? nil : objective.l1
    settings.labelSmoothing = objective.labelSmoothing == 0 ? nil : objective.labelSmoothing
    settings.scale = scale == .unit ? nil : scale.rawValue
    settings.batchSize = batchSize
    settings.schedule = schedule == Schedule() ? nil : schedule.name
    if objective.classWeights != .equal {
      settings.classWeights = objective.classWeights.weights(counts: dataset.classCounts)
    }
    return settings
  }
}
