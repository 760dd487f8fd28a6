import LinearAlgebra
import NeuralNetworks

/// What stands between a neuron's logits and its cost: labels and loss.
struct Head: Sendable {
  private let labels: [Double]
  private let loss: Loss

  init(labels: [Double], loss: Loss) {
    self.labels = labels
    self.loss = loss
  }

  /// Forward to the loss and back, for a range of examples.
  ///
  /// - Parameters:
  ///   - examples: which examples.
  ///   - logits: z of each.
  ///   - errors: receives dloss/dz of each.
  /// - Returns: the sum of their losses.
  func evaluate(
    _ examples: Range<Int>, logits: UnsafeBufferPointer<Double>, errors: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    labels.withUnsafeBufferPointer { labels in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: examples.count) { losses in
        switch loss {
        case .crossEntropy:
          PixelKernels.crossEntropy(
            logits, labels: UnsafeBufferPointer(rebasing: labels[examples]), errors: errors, losses: losses)
        }
        var sum = 0.0
        for value in losses { sum += value }
        return sum
      }
    }
  }
}
