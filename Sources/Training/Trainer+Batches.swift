import Datasets
import LinearAlgebra
import NeuralNetworks

extension Trainer {
  /// How many iterations so many epochs take.
  ///
  /// - Parameters:
  ///   - epochs: how often every example is looked at.
  ///   - examples: how many there are.
  ///   - batchSize: how many an iteration looks at; nil for all.
  /// - Returns: the number of batches.
  public static func iterations(epochs: Int, examples: Int, batchSize: Int?) -> Int {
    epochs * BatchSampler.batches(count: examples, batchSize: batchSize ?? max(examples, 1))
  }

  /// Trains on batches, in Float32.
  func fitInBatches(
    _ network: Network, to dataset: Dataset, _ scaling: FeatureScaling, _ watch: ValidationWatch,
    _ observe: (Iteration) throws -> Void
  ) throws -> TrainingRun {
    guard BLAS.isInstalled else { throw TrainingError.noBLAS }
    let rate = try learningRate(curvature: nil)
    let size = min(batchSize ?? dataset.count, dataset.count)
    // AdamW takes the penalty out of the gradient.
    let objective = optimizer.isDecoupled ? objective.withoutL2 : objective
    let descent = BatchDescent(dataset, objective: objective, scaling: scaling, from: network, batchSize: size)
    var updater = BatchUpdater(
      optimizer, decay: self.objective.l2, weightRanges: descent.layout.weightRanges, count: descent.parameters.count)
    var sampler = BatchSampler(count: dataset.count, batchSize: size, seed: seed)
    var (epochs, watch) = (EpochCosts(), watch)
    let batches = BatchSampler.batches(count: dataset.count, batchSize: size)
    for iteration in 0..<iterations {
      let (rows, isFirst) = sampler.batch()
      let cost = descent.evaluate(rows)
      guard cost.isFinite else {
        throw TrainingError.overflow(iteration: iteration, learningRate: rate, stable: nil)
      }
      let factor = schedule.factor(iteration: iteration, of: iterations)
      descent.update { updater.update(&$0, by: $1, learningRate: rate * factor) }
      epochs.add(cost, of: rows.count, isFirst: isFirst)
      try observe(Iteration(iteration: iteration, cost: cost))
      guard (iteration + 1) % batches == 0 else { continue }
      if watch.isDue(after: (iteration + 1) / batches),
        try watch.isEnough(
          classifier(descent.network(), on: dataset, costs: epochs.means, learningRate: rate, stable: nil),
          after: iteration)
      {
        break
      }
    }
    return try finished(
      descent.network(), watch, on: dataset, costs: epochs.means, learningRate: rate, stable: nil)
  }
}

/// The mean cost of the batches of every epoch, each batch counted by its examples.
private struct EpochCosts {
  private var sums: [(cost: Double, count: Int)] = []

  mutating func add(_ cost: Double, of count: Int, isFirst: Bool) {
    if isFirst { sums.append((0, 0)) }
    sums[sums.count - 1].cost += cost * Double(count)
    sums[sums.count - 1].count += count
  }

  var means: [Double] { sums.map { $0.cost / Double($0.count) } }
}

extension Objective {
  fileprivate var withoutL2: Objective {
    Objective(loss, l1: l1, classWeights: classWeights, labelSmoothing: labelSmoothing)
  }
}

extension Optimizer {
  /// Whether the L2 penalty is no part of the gradient.
  fileprivate var isDecoupled: Bool { if case .adamW = self { true } else { false } }
}
