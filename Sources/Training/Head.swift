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
      // Few at a time, so that the room is on the stack.
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 64) { losses in
        var total = 0.0
        for start in stride(from: 0, to: logits.count, by: losses.count) {
          let part = start..<min(start + losses.count, logits.count)
          let own = UnsafeMutableBufferPointer(rebasing: losses[..<part.count])
          let first = examples.lowerBound
          switch loss {
          case .crossEntropy:
            PixelKernels.crossEntropy(
              UnsafeBufferPointer(rebasing: logits[part]),
              labels: UnsafeBufferPointer(rebasing: labels[first + part.lowerBound..<first + part.upperBound]),
              errors: UnsafeMutableBufferPointer(rebasing: errors[part]), losses: own)
          }
          total += sum(UnsafeBufferPointer(own))
        }
        return total
      }
    }
  }
}
