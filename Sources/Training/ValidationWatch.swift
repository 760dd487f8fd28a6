import Classification
import Datasets
import NeuralNetworks

/// Looks at the validation part while a network is trained, remembers the best network, and says when it is enough.
struct ValidationWatch {
  private let dataset: Dataset?
  private let stopping: EarlyStopping?
  private let loss: Loss
  private(set) var looks: [TrainingRecord.Look] = []
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

  /// Looks.
  ///
  /// - Parameters:
  ///   - classifier: what the training has come to.
  ///   - iteration: the index of the last iteration.
  /// - Returns: whether that is enough.
  /// - Throws: nothing, for a validation part that the trainer has checked.
  mutating func isEnough(_ classifier: Classifier, after iteration: Int) throws -> Bool {
    guard let dataset, let stopping else { return false }
    let evaluation = try classifier.evaluate(on: dataset)
    let cost = evaluation.cost(loss)
    // Weights that overflow are met by the next iteration, or not kept.
    guard cost.isFinite else { return false }
    looks.append(TrainingRecord.Look(iteration: iteration, cost: cost, accuracy: evaluation.accuracy))
    if best == nil || cost < looks[bestLook].cost {
      (best, bestLook) = (classifier.network, looks.count - 1)
    }
    return looks.count - 1 - bestLook >= stopping.patience
  }
}
