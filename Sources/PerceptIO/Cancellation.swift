import Dispatch
import Synchronization

/// Tells work on another thread to stop.
package final class Cancellation: Sendable {
  private let flag = Atomic(false)

  package init() {}

  /// Throws `CancellationError` if the work is to stop.
  package func check() throws {
    if flag.load(ordering: .relaxed) { throw CancellationError() }
  }

  fileprivate func cancel() { flag.store(true, ordering: .relaxed) }
}

/// Runs blocking work on a thread of its own, not on one of the cooperative pool, and returns its result. When the task is
/// cancelled, so is the `Cancellation`; the work checks it.
package func onOwnThread<Value: Sendable>(
  _ work: @escaping @Sendable (Cancellation) throws -> Value
) async throws -> Value {
  let cancellation = Cancellation()
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue(label: "percept.work").async {
        continuation.resume(
          with: Result {
            try cancellation.check()
            return try work(cancellation)
          })
      }
    }
  } onCancel: {
    cancellation.cancel()
  }
}
