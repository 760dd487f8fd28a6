@preconcurrency import Glibc
import Percept
import Synchronization

/// A signal that asks the program to end. Training writes a checkpoint and stops.
struct Interruption: Error, CustomStringConvertible {
  let status: Status
  let iterations: Int

  var description: String {
    let others = CommandLine.arguments.dropFirst(2).filter { $0 != "--resume" }
    let words = ["percept"] + CommandLine.arguments.dropFirst().prefix(1) + ["--resume"] + others
    return
      "Interrupted after \(counted(iterations, "iteration")). To continue\(Cluster.current == nil ? "" : " with mpirun"): "
      + words.map(quoted).joined(separator: " ")
  }

  /// The signals with their exit codes: Ctrl-C, a closed terminal, and a stopped service.
  private static let signals: [Int32: Status] = [SIGINT: .interrupted, SIGHUP: .hungUp, SIGTERM: .terminated]
  private static let received = Atomic<Int32>(0)

  /// Installs handlers that record the first signal; a second signal ends the program. Ignored signals stay ignored.
  static func startNoting() {
    _ = received.load(ordering: .relaxed)
    for signal in signals.keys {
      var old = sigaction()
      sigaction(signal, nil, &old)
      if unsafeBitCast(old.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
        continue
      }
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { Interruption.received.store($0, ordering: .relaxed) }
      action.sa_flags = Int32(SA_RESTART) | Int32(bitPattern: UInt32(SA_RESETHAND))
      sigaction(signal, &action, nil)
    }
  }

  /// Throws an ``Interruption`` if a signal was received.
  static func check(after iterations: Int) throws {
    // In a cluster, rank 0 writes the checkpoint and ends the others.
    let signal = Cluster.isRoot ? received.load(ordering: .relaxed) : 0
    guard signal != 0, let status = signals[signal] else { return }
    throw Interruption(status: status, iterations: iterations)
  }
}
