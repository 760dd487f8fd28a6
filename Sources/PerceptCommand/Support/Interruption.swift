import Percept
@preconcurrency import PerceptPlatform
import Synchronization

/// A signal that asks the program to end. Training writes a checkpoint and stops.
struct Interruption: Error, CustomStringConvertible {
  let status: Status
  let iterations: Int

  var description: String {
    let others = Platform.arguments.dropFirst(2).filter { $0 != "--resume" }
    let words = ["percept"] + Platform.arguments.dropFirst().prefix(1) + ["--resume"] + others
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
    for signal in signals.keys where !Platform.isIgnored(signal) {
      Platform.handleOnce(signal) { Interruption.received.store($0, ordering: .relaxed) }
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
