import ArgumentParser
import Glibc
import Percept
import PerceptServer

/// A command that the processes of a cluster run together. Rank 0 prints the results and writes the files.
protocol ClusterCommand: ParsableCommand {
  /// Changes the options of a rank other than 0, which writes no files.
  mutating func becomeWorker()
}

extension ClusterCommand {
  mutating func becomeWorker() {}
}

extension Cluster {
  /// Joins the processes that mpirun has started, if it has started any, to run a command. Ranks other than 0 then print
  /// only errors. Throws `ClusterError`, or `ValidationError` if the command runs in one process only.
  static func join(for command: inout any ParsableCommand) throws {
    guard try join(version: Program.version) != nil else { return }
    guard var shared = command as? any ClusterCommand else {
      throw ValidationError("This command runs in one process; start it without mpirun or srun.")
    }
    guard !isRoot else { return }
    Terminal.isSilent = true
    shared.becomeWorker()
    command = shared
  }

  /// Waits before this rank reports an error. If all ranks have the same one, such as a mistyped option, rank 0 reports it
  /// and ends the others meanwhile. All ranks have every `ClusterError`, and ``BelowThreshold``, which ends none early.
  static func waitForFirstReport(of error: any Error) {
    guard launchedRank ?? 0 > 0, !(error is BelowThreshold) else { return }
    sleep(error is ClusterError ? 30 : 3)
    Terminal.isSilent = false
  }

  /// Where an error occurred, for the end of its message; empty if the process works alone.
  static var place: String {
    current.map { " (on host \($0.host), rank \($0.rank) of \($0.count))" } ?? ""
  }

  /// Leaves the cluster with an exit code. Ends all ranks at once if this one has failed.
  func leave(_ code: Int32) {
    if code == 0 || code == Status.belowThreshold.rawValue { finish() } else { abort(code) }
  }
}
