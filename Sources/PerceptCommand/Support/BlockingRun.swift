import Dispatch
import Synchronization

/// Runs asynchronous work, which must not need the current thread, and blocks this thread until it ends.
func blockingRun(_ work: @escaping @Sendable () async throws -> Void) throws {
  let (done, outcome) = (DispatchSemaphore(value: 0), Outcome())
  Task {
    do { try await work() } catch { outcome.error.withLock { $0 = error } }
    done.signal()
  }
  done.wait()
  if let error = outcome.error.withLock({ $0 }) { throw error }
}

private final class Outcome: Sendable {
  let error = Mutex<(any Error)?>(nil)
}
