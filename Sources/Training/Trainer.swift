import Classification
public import Datasets
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
  /// How updates are computed.
  public let form: DescentForm

  /// A trainer.
  ///
  /// - Parameters:
  ///   - objective: what is minimized.
  ///   - optimizer: the rule of the updates.
  ///   - iterations: how many updates are made; 0 leaves the weights as they are.
  ///   - scale: how features are scaled.
  ///   - form: how updates are computed.
  public init(
    minimizing objective: Objective = Objective(.crossEntropy), with optimizer: Optimizer = .gradientDescent(),
    iterations: Int = 1000, scale: Scale = .unit, form: DescentForm = .automatic
  ) {
    self.objective = objective
    self.optimizer = optimizer
    self.iterations = iterations
    self.scale = scale
    self.form = form
  }

  /// Trains a network on a dataset, all examples in every iteration, in Float64.
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
    let form = form(for: network, on: dataset)
    return form == .dual
      ? try run(DualDescent(dataset, objective: objective, scaling: scaling, from: network), on: dataset, observe)
      : try run(PrimalDescent(dataset, objective: objective, scaling: scaling, from: network), on: dataset, observe)
  }

  private func featureScaling(of dataset: Dataset) -> FeatureScaling {
    switch scale {
    case .standardize: .standardized(dataset)
    case .unit: optimizer.learningRate == .automatic ? .centred(dataset) : .unit(dataset)
    }
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
    let stable = curvature.map(optimizer.stableLearningRate)
    let rate = try learningRate(curvature: curvature)
    var gradient = [Double](repeating: 0, count: descent.parameters.count)
    var updater = Updater(optimizer, learningRate: rate, count: gradient.count)
    var costs: [Double] = []
    costs.reserveCapacity(min(iterations, 1 << 16))
    for iteration in 0..<iterations {
      let cost = descent.evaluate(gradient: &gradient)
      guard cost.isFinite else {
        throw TrainingError.overflow(iteration: iteration, learningRate: rate, stable: stable)
      }
      updater.update(&descent.parameters, by: gradient)
      costs.append(cost)
      try observe(Iteration(iteration: iteration, cost: cost))
    }
    let trained = descent.network()
    guard trained.isFinite else {
      throw TrainingError.overflow(iteration: iterations, learningRate: rate, stable: stable)
    }
    let record = TrainingRecord(
      settings: settings(learningRate: rate, dataset), stableLearningRate: stable, costs: costs)
    return TrainingRun(
      classifier: Classifier(
        network: trained, classNames: dataset.classNames, preprocessing: dataset.preprocessing, record: record),
      dataset: dataset)
  }

  private func learningRate(curvature: Double?) throws -> Double {
    switch optimizer.learningRate {
    case .fixed(let rate): return rate
    case .automatic:
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
    if objective.classWeights != .equal {
      settings.classWeights = objective.classWeights.weights(counts: dataset.classCounts)
    }
    return settings
  }
}
