import Classification
import Datasets
import LinearAlgebra
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
  ///   - network: what the training has come to.
  ///   - iteration: the index of the last iteration.
  /// - Returns: whether that is enough.
  mutating func isEnough(_ network: Network, after iteration: Int) -> Bool {
    guard let dataset, let stopping else { return false }
    let look = Self.look(network, at: dataset, loss: loss, iteration: iteration)
    looks.append(look)
    if best == nil || look.cost < looks[bestLook].cost {
      (best, bestLook) = (network, looks.count - 1)
    }
    return looks.count - 1 - bestLook >= stopping.patience
  }

  /// Cost (without penalties, class weights or smoothing) and accuracy.
  private static func look(_ network: Network, at dataset: Dataset, loss: Loss, iteration: Int) -> TrainingRecord.Look {
    let blocks = dataset.blocks()
    var sums = [(cost: Double, right: Int)](repeating: (0, 0), count: blocks.count)
    sums.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let sums = buffer
      concurrently(blocks.count) { block in
        for i in blocks[block] {
          let (logits, label) = (dataset.withFeatures(of: i, network.logits), dataset.examples[i].label)
          if logits.count == 1 {
            sums[block].cost += loss.value(logit: logits[0], label: Double(label))
            sums[block].right += (logits[0] > 0) == (label == 1) ? 1 : 0
          } else {
            let targets = logits.indices.map { $0 == label ? 1.0 : 0 }
            sums[block].cost += loss.value(logits: logits, targets: targets)
            sums[block].right += logits.indices.allSatisfy { logits[$0] <= logits[label] } ? 1 : 0
          }
        }
      }
    }
    let count = Double(dataset.count)
    return .init(
      iteration: iteration, cost: sums.reduce(0) { $0 + $1.cost } / count,
      accuracy: Double(sums.reduce(0) { $0 + $1.right }) / count)
  }
}
