import Classification
import Datasets
import NeuralNetworks

extension Trainer {
  /// The form of full-batch descent for a network on a dataset.
  func form(for network: Network, on dataset: Dataset) -> DescentForm {
    if objective.l1 != 0 { return .primal }
    return form.resolved(
      examples: dataset.count, features: dataset.featureCount, units: network.layers[0].bias.count,
      iterations: iterations)
  }

  /// Trains with all examples in every iteration.
  func train(
    _ start: some Descent, on dataset: Dataset, _ watch: ValidationWatch, _ observe: (Iteration) throws -> Void
  ) throws -> TrainingRun {
    if case .lbfgs = optimizer { return try converge(start, on: dataset, watch, observe) }
    return try run(start, on: dataset, watch, observe)
  }

  private func run(
    _ start: some Descent, on dataset: Dataset, _ watch: ValidationWatch, _ observe: (Iteration) throws -> Void
  ) throws -> TrainingRun {
    var (descent, watch) = (start, watch)
    let curvature = descent.curvature()
    let stable = curvature.flatMap(optimizer.stableLearningRate)
    let rate = try learningRate(curvature: curvature)
    var gradient = [Double](repeating: 0, count: descent.parameters.count)
    var updater = Updater<Double>(optimizer, count: gradient.count)
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
      if watch.isDue(after: iteration + 1),
        try watch.isEnough(
          classifier(descent.network(), on: dataset, costs: costs, learningRate: rate, stable: stable),
          after: iteration)
      {
        break
      }
    }
    return try finished(descent.network(), watch, on: dataset, costs: costs, learningRate: rate, stable: stable)
  }

  /// L-BFGS until it has converged, or for as many iterations as were asked for.
  private func converge(
    _ start: some Descent, on dataset: Dataset, _ watch: ValidationWatch, _ observe: (Iteration) throws -> Void
  ) throws -> TrainingRun {
    var (search, watch) = (LBFGS(start), watch)
    var costs: [Double] = []
    while costs.count < iterations, !search.hasConverged {
      guard search.cost.isFinite else {
        throw TrainingError.overflow(iteration: costs.count, learningRate: 1, stable: nil)
      }
      costs.append(search.cost)
      try observe(Iteration(iteration: costs.count - 1, cost: search.cost))
      search.iterate()
      if watch.isDue(after: costs.count),
        try watch.isEnough(
          classifier(search.descent.network(), on: dataset, costs: costs, learningRate: 1, stable: nil),
          after: costs.count - 1)
      {
        break
      }
    }
    return try finished(search.descent.network(), watch, on: dataset, costs: costs, learningRate: 1, stable: nil)
  }
}
