import PerceptDatasets
import PerceptModels

/// Looks at the validation part while a network is trained, remembers the best network, and says when it is enough.
struct ValidationMonitor {
  private let dataset: Dataset?
  private let stopping: EarlyStopping?
  private let loss: Loss
  private(set) var looks: [TrainingRecord.ValidationResult] = []
  /// The network with the lowest cost so far.
  private(set) var best: Network?
  private var bestLook = 0

  /// - Parameters:
  ///   - dataset: the validation part; nil looks at nothing.
  ///   - stopping: when to look and to stop; nil never does.
  ///   - loss: what a cost is the mean of.
  init(_ dataset: Dataset?, stopping: EarlyStopping?, loss: Loss) {
    self.dataset = stopping == nil ? nil : dataset
    self.stopping = stopping
    self.loss = loss
  }

  /// Whether it is time to look, after so many iterations or epochs.
  func isDue(after count: Int) -> Bool {
    guard dataset != nil, let stopping else { return false }
    return count % stopping.every == 0
  }

  /// Whether the last looks say that it is time to stop.
  var isEnough: Bool {
    guard let stopping, !looks.isEmpty else { return false }
    return looks.count - 1 - bestLook >= stopping.patience
  }

  /// Looks.
  ///
  /// - Parameters:
  ///   - classifier: what the training has come to.
  ///   - iteration: the index of the last iteration.
  /// - Returns: what it saw; nil where the weights overflow, which the next iteration meets.
  /// - Throws: nothing, for a validation part that the trainer has checked.
  mutating func look(at classifier: Classifier, after iteration: Int) throws -> TrainingRecord.ValidationResult? {
    guard let dataset else { return nil }
    let evaluation = try classifier.evaluate(on: dataset)
    let cost = evaluation.cost(loss)
    guard cost.isFinite else { return nil }
    let look = TrainingRecord.ValidationResult(iteration: iteration, cost: cost, accuracy: evaluation.accuracy)
    looks.append(look)
    if best == nil || cost < looks[bestLook].cost {
      (best, bestLook) = (classifier.network, looks.count - 1)
    }
    return look
  }

  /// Puts its numbers into an archive or takes them out of one.
  ///
  /// - Parameters:
  ///   - archive: what takes or gives them.
  ///   - network: one of the shape of the best.
  /// - Throws: what the archive throws where numbers do not fit.
  mutating func code(with archive: inout StateArchive, like network: Network) throws {
    var iterations = looks.map { Double($0.iteration) }
    var (costs, accuracies) = (looks.map(\.cost), looks.map(\.accuracy))
    try archive.code(growing: "looks.iteration", &iterations)
    try archive.code(growing: "looks.cost", &costs)
    try archive.code(growing: "looks.accuracy", &accuracies)
    try archive.code("looks.best", &bestLook)
    guard costs.count == iterations.count, accuracies.count == iterations.count,
      iterations.isEmpty || iterations.indices.contains(bestLook)
    else { throw StateArchive.Mismatch(name: "looks.best") }
    looks = try iterations.indices.map {
      guard let iteration = Int(exactly: iterations[$0]) else { throw StateArchive.Mismatch(name: "looks.iteration") }
      return TrainingRecord.ValidationResult(iteration: iteration, cost: costs[$0], accuracy: accuracies[$0])
    }
    guard !looks.isEmpty else { return }
    var parameters = ParameterLayout.vector(of: (best ?? network).layers)
    try archive.code("looks.weights", &parameters)
    best = Network(layers: ParameterLayout(inputs: network.inputs, network.layers).layers(of: parameters[...]))
  }
}
