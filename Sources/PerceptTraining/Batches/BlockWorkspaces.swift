/// Workspaces for evaluating ``UpperLayers`` on several blocks of examples in parallel. Each block has the workspace of
/// a panel, and the gradient of the upper layers over the block.
final class BlockWorkspaces: @unchecked Sendable {
  private let size: Int
  private let parameterCount: Int
  private let blocks: Int
  private let memory: UnsafeMutablePointer<Double>

  /// `examples` is the largest number of examples in a panel.
  init(_ upperLayers: UpperLayers, blocks: Int, examples: Int) {
    parameterCount = upperLayers.layout.count
    size = upperLayers.workspacePerExample * examples + parameterCount
    self.blocks = blocks
    memory = .allocate(capacity: max(size * blocks, 1))
    memory.initialize(repeating: 0, count: max(size * blocks, 1))
  }

  deinit {
    memory.deallocate()
  }

  func gradient(_ block: Int) -> UnsafeMutablePointer<Double> { memory + block * size }

  func workspace(_ block: Int) -> UnsafeMutablePointer<Double> { memory + block * size + parameterCount }

  /// Sets the gradients of all blocks to zero.
  func clear() {
    for block in 0..<blocks { gradient(block).update(repeating: 0, count: parameterCount) }
  }

  /// Computes the sum of the gradients of all blocks, in order, times `share`.
  func collect(into sum: UnsafeMutableBufferPointer<Double>, share: Double) {
    sum.update(repeating: 0)
    for block in 0..<blocks {
      let own = gradient(block)
      for j in sum.indices { sum[j] += own[j] * share }
    }
  }
}
