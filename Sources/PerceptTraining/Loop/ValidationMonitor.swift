import PerceptDatasets
import PerceptModels

/// Evaluates a network on the validation split during a training run, for early stopping. It keeps the best network.
struct ValidationMonitor {
  private let dataset: Dataset?
  private let stopping: EarlyStopping?
  private let loss: Loss
  private(set) var results: [TrainingRecord.ValidationResult] = []
  /// The network with the lowest validation cost so far.
  private(set) var best: Network?
  /// The index of the lowest cost in ``results``.
  private var bestIndex = 0

  /// Nil for the dataset or the rule disables validation.
  init(_ dataset: Dataset?, stopping: EarlyStopping?, loss: Loss) {
    self.dataset = stopping == nil ? nil : dataset
    self.stopping = stopping
    self.loss = loss
  }

  /// Returns whether a validation result is due after a number of iterations or epochs.
  func isDue(after count: Int) -> Bool {
    guard dataset != nil, let stopping else { return false }
    return count % stopping.every == 0
  }

  /// Whether the run should end, because the cost has not reached a new minimum for ``EarlyStopping/patience`` results.
  var shouldStop: Bool {
    guard let stopping, !results.isEmpty else { return false }
    return results.count - 1 - bestIndex >= stopping.patience
  }

  /// Records the result on the validation split; nil if the cost is not finite, which the next iteration detects.
  mutating func validate(_ classifier: Classifier, after iteration: Int) throws -> TrainingRecord.ValidationResult? {
    guard let dataset else { return nil }
    let evaluation = try classifier.evaluate(on: dataset)
    let cost = evaluation.cost(loss)
    guard cost.isFinite else { return nil }
    let result = TrainingRecord.ValidationResult(iteration: iteration, cost: cost, accuracy: evaluation.accuracy)
    results.append(result)
    if best == nil || cost < results[bestIndex].cost {
      (best, bestIndex) = (classifier.network, results.count - 1)
    }
    return result
  }

  /// Encodes or decodes the results and the best network, which has the shapes of `network`.
  mutating func code(with archive: inout StateArchive, like network: Network) throws {
    var iterations = results.map(\.iteration)
    var (costs, accuracies) = (results.map(\.cost), results.map(\.accuracy))
    try archive.code(growing: "looks.iteration", &iterations)
    try archive.code(growing: "looks.cost", &costs)
    try archive.code(growing: "looks.accuracy", &accuracies)
    try archive.code("looks.best", &bestIndex)
    guard costs.count == iterations.count, accuracies.count == iterations.count,
      costs.allSatisfy(\.isFinite), accuracies.allSatisfy((0...1).contains),
      iterations.isEmpty || iterations.indices.contains(bestIndex)
    else { throw StateArchive.Mismatch(name: "looks.best") }
    results = iterations.indices.map {
      TrainingRecord.ValidationResult(iteration: iterations[$0], cost: costs[$0], accuracy: accuracies[$0])
    }
    guard !results.isEmpty else { return }
    var parameters = ParameterLayout.vector(of: (best ?? network).layers)
    try archive.code("looks.weights", &parameters)
    best = Network(layers: ParameterLayout(inputs: network.inputs, network.layers).layers(of: parameters[...]))
  }
}
