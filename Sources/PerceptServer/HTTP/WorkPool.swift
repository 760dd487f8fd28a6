import NIOCore
import NIOPosix
import Synchronization

/// A thread pool with a bounded queue and a deadline, for work that would block the event loops. Work that has started
/// cannot be stopped: it occupies its thread until it ends, even if no caller waits for it.
package final class WorkPool: Sendable {
  private let threads: NIOThreadPool
  private let capacity: Int
  private let limit: Duration?
  private let jobs = Mutex<(next: Int, pending: [Int: Job])>((0, [:]))
  private let clock: RepeatedTaskBox

  /// `limit` is the largest time of a job, including its time in the queue; nil for no limit.
  package init(threads count: Int, queueLength: Int, limit: Duration? = nil) {
    threads = NIOThreadPool(numberOfThreads: count)
    (capacity, self.limit, clock) = (count + queueLength, limit, RepeatedTaskBox())
    threads.start()
    guard let limit else { return }
    clock.start(every: max(.milliseconds(5), min(limit / 20, .milliseconds(250)))) { [weak self] in self?.expire() }
  }

  /// The number of jobs that are running or waiting.
  package var count: Int { jobs.withLock(\.pending.count) }

  /// Runs `work`. Throws ``RequestError`` if the queue is full, the deadline passes or the task is canceled.
  package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    let outcome = Outcome<Value>()
    let job = Job(deadline: limit.map { .now + $0 }) { outcome.resume(.failure($0)) }
    let number = try admit(job)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        outcome.wait(continuation)
        threads.submit { [self] _ in
          let result = job.begin() ? Result { try work() } : nil
          jobs.withLock { _ = $0.pending.removeValue(forKey: number) }
          if let result { outcome.resume(result) }
        }
      }
    } onCancel: {
      job.giveUp(RequestError.left)
    }
  }

  private func admit(_ job: Job) throws -> Int {
    try jobs.withLock { jobs in
      guard jobs.pending.count < capacity else { throw RequestError.busy }
      jobs.next += 1
      jobs.pending[jobs.next] = job
      return jobs.next
    }
  }

  private func expire() {
    guard let limit else { return }
    let now = ContinuousClock.now
    for job in jobs.withLock({ $0.pending.values.filter { $0.deadline.map { $0 <= now } ?? false } }) {
      job.giveUp(job.hasBegun ? RequestError.overdue(limit) : RequestError.notReached(limit))
    }
  }

  deinit {
    clock.stop()
    threads.shutdownGracefully { _ in }
  }
}

extension WorkPool {
  private final class Job: Sendable {
    private enum State {
      case waiting, begun, givenUp
    }

    let deadline: ContinuousClock.Instant?
    private let state = Mutex(State.waiting)
    private let refuse: @Sendable (any Error) -> Void

    init(deadline: ContinuousClock.Instant?, refuse: @escaping @Sendable (any Error) -> Void) {
      (self.deadline, self.refuse) = (deadline, refuse)
    }

    var hasBegun: Bool { state.withLock { $0 == .begun } }

    /// Returns false if the caller has given up.
    func begin() -> Bool {
      state.withLock { state in
        guard state == .waiting else { return false }
        state = .begun
        return true
      }
    }

    /// Resumes the caller with an error. A job that has not started is never run.
    func giveUp(_ error: any Error) {
      state.withLock { if $0 == .waiting { $0 = .givenUp } }
      refuse(error)
    }
  }

  /// The outcome of a job: its result or an error, whichever comes first. Later ones are ignored.
  private final class Outcome<Value: Sendable>: Sendable {
    private enum State {
      case open
      case waited(CheckedContinuation<Value, any Error>)
      /// The outcome arrived before the caller waited.
      case early(Result<Value, any Error>)
      case over
    }

    private let state = Mutex(State.open)

    func wait(_ continuation: CheckedContinuation<Value, any Error>) {
      let early: Result<Value, any Error>? = state.withLock { state in
        guard case .early(let result) = state else {
          state = .waited(continuation)
          return nil
        }
        state = .over
        return result
      }
      if let early { continuation.resume(with: early) }
    }

    func resume(_ result: Result<Value, any Error>) {
      let continuation: CheckedContinuation<Value, any Error>? = state.withLock { state in
        switch state {
        case .open:
          state = .early(result)
          return nil
        case .waited(let continuation):
          state = .over
          return continuation
        case .early, .over: return nil
        }
      }
      continuation?.resume(with: result)
    }
  }
}

private final class RepeatedTaskBox: Sendable {
  private let task = Mutex<RepeatedTask?>(nil)

  func start(every time: Duration, _ work: @escaping @Sendable () -> Void) {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    task.withLock {
      $0 = loop.scheduleRepeatedTask(initialDelay: TimeAmount(time), delay: TimeAmount(time)) { _ in work() }
    }
  }

  func stop() { task.withLock { $0?.cancel() } }
}
