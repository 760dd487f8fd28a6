import NIOPosix
import Synchronization

/// Threads of their own for work that takes long, so that it never holds up those that answer requests: a few at work, a few
/// waiting, and no more.
package final class WorkPool: Sendable {
  private let threads: NIOThreadPool
  private let capacity: Int
  private let admitted = Atomic<Int>(0)

  init(threads count: Int, queueLength: Int) {
    threads = NIOThreadPool(numberOfThreads: count)
    capacity = count + queueLength
    threads.start()
  }

  /// How many are at work or waiting.
  package var count: Int { admitted.load(ordering: .relaxed) }

  /// Does `work` when it is its turn.
  ///
  /// - Parameter work: is called on one of the threads.
  /// - Returns: what `work` returns.
  /// - Throws: ``RequestError/busy`` when there is too much to do already, and what `work` throws.
  package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    defer { admitted.wrappingSubtract(1, ordering: .relaxed) }
    guard admitted.wrappingAdd(1, ordering: .relaxed).newValue <= capacity else { throw RequestError.busy }
    return try await threads.runIfActive(work)
  }

  deinit { threads.shutdownGracefully { _ in } }
}
