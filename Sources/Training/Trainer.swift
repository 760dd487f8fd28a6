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
  /// How they are computed.
  public let form: DescentForm

  /// A trainer.
  ///
  /// - Parameters:
  ///   - objective: what is minimized.
  ///   - optimizer: the rule of the updates.
  ///   - iterations: how many updates are made; 0 leaves the weights as they are.
  ///   - form: how they are computed.
  public init(
    minimizing objective: Objective = Objective(.crossEntropy), with optimizer: Optimizer = .gradientDescent(),
    iterations: Int = 1000, form: DescentForm = .automatic
  ) {
    self.objective = objective
    self.optimizer = optimizer
    self.iterations = iterations
    self.form = form
  }

  /// Trains a network on a dataset.
  ///
  /// - Parameters:
  ///   - network: where to start; it takes `dataset.featureCount` inputs.
  ///   - dataset: examples of two classes. All computation is in Float64.
  ///   - observe: called with every iteration and the cost before its update.
  /// - Returns: the trained classifier, with the cost of every iteration.
  /// - Throws: ``TrainingError`` when data or settings cannot be trained with, or the weights overflow.
  public func fit(
    _ network: Network, to dataset: Dataset, observe: (Iteration) throws -> Void = { _ in }
  ) throws -> TrainingRun {
    try check(network, dataset)
    let mean = optimizer.learningRate == .automatic ? dataset.meanFeatures : nil
    switch form.resolved(examples: dataset.count, features: dataset.featureCount, iterations: iterations) {
    case .dual:
      return try run(DualDescent(dataset, objective: objective, mean: mean, from: network), on: dataset, observe)
    default:
      return try run(PrimalDescent(dataset, objective: objective, mean: mean, from: network), on: dataset, observe)
    }
  }

  private func run(
    _ start: some Descent, on dataset: Dataset, _ observe: (Iteration) throws -> Void
  ) throws -> TrainingRun {
    var descent = start
    let curvature = descent.curvature()
    let stable = optimizer.stableLearningRate(curvature: curvature)
    let rate =
      switch optimizer.learningRate {
      case .fixed(let rate): rate
      case .automatic: 1 / curvature
      }
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
      settings: .init(
        optimizer: optimizer.name, momentum: optimizer.momentum, learningRate: rate,
        isAutomatic: optimizer.learningRate == .automatic, iterations: iterations,
        l2: objective.l2 == 0 ? nil : objective.l2),
      stableLearningRate: stable, costs: costs)
    return TrainingRun(
      classifier: Classifier(
        network: trained, classNames: dataset.classNames, preprocessing: dataset.preprocessing, record: record),
      dataset: dataset)
  }

  private func check(_ network: Network, _ dataset: Dataset) throws {
    guard dataset.classNames.count == 2 else { throw TrainingError.notTwoClasses(dataset.classNames) }
    if let empty = dataset.classCounts.firstIndex(of: 0) {
      throw TrainingError.classWithoutExamples(dataset.classNames[empty])
    }
    guard network.inputs == dataset.featureCount else {
      throw TrainingError.mismatch(inputs: network.inputs, features: dataset.featureCount)
    }
    guard iterations >= 0 else { throw TrainingError.invalidIterations(iterations) }
    if case .fixed(let rate) = optimizer.learningRate, !(rate > 0 && rate.isFinite) {
      throw TrainingError.invalidLearningRate(rate)
    }
    if let momentum = optimizer.momentum, !(0..<1).contains(momentum) {
      throw TrainingError.invalidMomentum(momentum)
    }
    guard objective.l2 >= 0, objective.l2.isFinite else { throw TrainingError.invalidPenalty(objective.l2) }
    if form == .dual, dataset.count > DescentForm.largestDual {
      throw TrainingError.tooManyForDual(dataset.count, limit: DescentForm.largestDual)
    }
  }
}
