import CPerceptKernels
import Dispatch
import Glibc
import PerceptIO
import Synchronization

/// Threads that share jobs of a few hundred microseconds, such as the steps of a batch.
///
/// Waking a thread takes tens of microseconds. The threads of a team therefore wait actively for the next job for about
/// that long, and sleep only then.
package final class ThreadTeam: @unchecked Sendable {
  /// The team of all processors that this process uses.
  static let shared = ThreadTeam(helpers: Processors.count - 1)

  private typealias Body = @Sendable (Int) -> Void

  private let helpers: Int
  /// Whether a job runs.
  private let isBusy = Atomic(false)
  /// A pointer to the body of the job, and its number of indices.
  private let body = Atomic<UnsafePointer<Body>?>(nil)
  private let count = Atomic(0)
  /// The number of the job in the upper half, and in the lower half how many of its indices no thread has claimed.
  private let unclaimed = Atomic<UInt64>(0)
  /// The number of helpers that take part in a job, or look for one.
  private let active = Atomic(0)
  private let sleepers = Atomic(0)
  private let isCallerWaiting = Atomic(false)
  private let (wakeHelper, wakeCaller) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))

  /// The number of pauses, of about 50 ns each, after which a waiting thread sleeps.
  private static let patience = 1000

  /// Starts `helpers` threads, which never end.
  package init(helpers: Int) {
    self.helpers = helpers
    // Signals go to other threads, except those of faults.
    var (signals, previous) = (sigset_t(), sigset_t())
    sigfillset(&signals)
    for signal in [SIGBUS, SIGSEGV, SIGILL, SIGFPE] { sigdelset(&signals, signal) }
    pthread_sigmask(SIG_SETMASK, &signals, &previous)
    for _ in 0..<helpers {
      var thread = pthread_t()
      // If the system has no more threads, the others do the work.
      pthread_create(
        &thread, nil,
        { team in
          team.map { Unmanaged<ThreadTeam>.fromOpaque($0).takeUnretainedValue().help() }
          return nil
        }, Unmanaged.passRetained(self).toOpaque())
    }
    pthread_sigmask(SIG_SETMASK, &previous, nil)
  }

  /// Calls `body` once for each index in `0..<count` and returns true after all calls have returned. Returns false, and does
  /// nothing, if another job runs or the team has no helpers.
  package func run(_ count: Int, _ body: @Sendable (Int) -> Void) -> Bool {
    guard helpers > 0, count <= UInt32.max, !isBusy.exchange(true, ordering: .acquiring) else { return false }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { body in
        publish(count, body)
        takePart()
        waitForHelpers()
      }
    }
    isBusy.store(false, ordering: .releasing)
    return true
  }

  private func publish(_ count: Int, _ body: UnsafePointer<Body>) {
    self.body.store(body, ordering: .relaxed)
    self.count.store(count, ordering: .relaxed)
    let job = unclaimed.load(ordering: .relaxed) >> 32 &+ 1
    unclaimed.store(job << 32 | UInt64(count), ordering: .sequentiallyConsistent)
    let woken = min(sleepers.load(ordering: .sequentiallyConsistent), count - 1)
    sleepers.subtract(woken, ordering: .sequentiallyConsistent)
    for _ in 0..<woken { wakeHelper.signal() }
  }

  /// Claims indices, one after the other, and calls the body for each. Is not inlined, so that no reference to the body
  /// remains when it returns.
  @inline(never)
  private func takePart() {
    while true {
      let found = unclaimed.load(ordering: .acquiring)
      let left = Int(found & 0xFFFF_FFFF)
      guard left > 0 else { return }
      // These belong to the same job if no other job has been published, which the exchange finds out.
      let (body, index) = (body.load(ordering: .relaxed), count.load(ordering: .relaxed) - left)
      let (isClaimed, _) = unclaimed.compareExchange(
        expected: found, desired: found - 1, ordering: .acquiringAndReleasing)
      if isClaimed { body?.pointee(index) }
    }
  }

  private func waitForHelpers() {
    for _ in 0..<Self.patience {
      if active.load(ordering: .acquiring) == 0 { return }
      pause_processor()
    }
    while true {
      isCallerWaiting.store(true, ordering: .sequentiallyConsistent)
      if active.load(ordering: .sequentiallyConsistent) == 0 { break }
      wakeCaller.wait()
    }
    isCallerWaiting.store(false, ordering: .relaxed)
  }

  /// The loop of a helper.
  private func help() {
    while true {
      waitForJob()
      active.add(1, ordering: .sequentiallyConsistent)
      takePart()
      if active.subtract(1, ordering: .sequentiallyConsistent).newValue == 0,
        isCallerWaiting.exchange(false, ordering: .sequentiallyConsistent)
      {
        wakeCaller.signal()
      }
    }
  }

  private func waitForJob() {
    while true {
      for _ in 0..<Self.patience {
        if hasJob { return }
        pause_processor()
      }
      sleepers.add(1, ordering: .sequentiallyConsistent)
      // A job that was published before is found here; the caller has counted this helper for one that is published later.
      if hasJob { return }
      wakeHelper.wait()
    }
  }

  private var hasJob: Bool { unclaimed.load(ordering: .sequentiallyConsistent) & 0xFFFF_FFFF > 0 }
}
