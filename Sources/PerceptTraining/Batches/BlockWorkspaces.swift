/// Room for a ``Head`` to work on several blocks of examples at the same time: for each block what it needs for a panel, and the
/// block's part of the gradient of the further layers.
final class BlockWorkspaces: @unchecked Sendable {
  private let size: Int
  private let parameterCount: Int
  private let blocks: Int
  private let memory: UnsafeMutablePointer<Double>

  /// - Parameters:
  ///   - head: what works in them.
  ///   - blocks: how many there are.
  ///   - examples: how many examples a panel has at most.
  init(_ head: UpperLayers, blocks: Int, examples: Int) {
    parameterCount = head.further.count
    size = head.workspacePerExample * examples + parameterCount
    self.blocks = blocks
    memory = .allocate(capacity: max(size * blocks, 1))
    memory.initialize(repeating: 0, count: max(size * blocks, 1))
  }

  deinit {
    memory.deallocate()
  }

  /// The gradient of the further layers of one block.
  func gradient(_ block: Int) -> UnsafeMutablePointer<Double> { memory + block * size }

  /// Room for one block's panel.
  func workspace(_ block: Int) -> UnsafeMutablePointer<Double> { memory + block * size + parameterCount }

  /// Sets every gradient to zero.
  func clear() {
    for block in 0..<blocks { gradient(block).update(repeating: 0, count: parameterCount) }
  }

  /// The sum of the gradients, in the order of the blocks, times a factor.
  func collect(into sum: UnsafeMutableBufferPointer<Double>, share: Double) {
    sum.update(repeating: 0)
    for block in 0..<blocks {
      let own = gradient(block)
      for j in sum.indices { sum[j] += own[j] * share }
    }
  }
}
