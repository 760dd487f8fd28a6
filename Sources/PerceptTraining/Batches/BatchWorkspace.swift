/// The memory for propagating a batch through a network, in Float32. Threads may use different rows at the same time.
final class BatchWorkspace: @unchecked Sendable {
  /// The features of the batch, followed by the activations of each layer, each batch size x width.
  let values: [UnsafeMutablePointer<Float>]
  /// The derivatives of the loss with respect to the pre-activations of each layer, each batch size x units.
  let errors: [UnsafeMutablePointer<Float>]
  /// The sum of the losses of each part of the batch.
  let losses: UnsafeMutablePointer<Double>
  private let memory: UnsafeMutablePointer<Float>

  /// `widths` are the number of features and the number of units of each layer.
  init(widths: [Int], batchSize: Int, parts: Int) {
    let counts = (widths + widths.dropFirst()).map { batchSize * $0 }
    memory = .allocate(capacity: counts.reduce(0, +))
    memory.initialize(repeating: 0, count: counts.reduce(0, +))
    losses = .allocate(capacity: parts)
    losses.initialize(repeating: 0, count: parts)
    var next = memory
    let pointers = counts.map { count in
      defer { next += count }
      return next
    }
    values = Array(pointers[..<widths.count])
    errors = Array(pointers[widths.count...])
  }

  deinit {
    memory.deallocate()
    losses.deallocate()
  }
}
