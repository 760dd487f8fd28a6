import ArgumentParser
import Percept
import PerceptPlatform
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
  /// and ends the others meanwhile. All ranks have ``BelowThreshold``, which ends none early.
  static func waitForFirstReport(of error: any Error) {
    guard launchedRank ?? 0 > 0, !(error is BelowThreshold) else { return }
    sleep((error as? ClusterError)?.isCommon == true ? 30 : 3)
    Terminal.isSilent = false
  }

  /// Throws `ClusterError` unless all ranks read the same bytes from a file. Collective.
  func checkAgreement(on path: String) throws {
    var sum = Fingerprint()
    try FileSystem.read(path).withUnsafeBytes { sum.add($0) }
    let sums = gather(sum.text)
    guard let other = sums.firstIndex(where: { $0 != sums[0] }) else { return }
    throw ClusterError.otherFiles(
      host: hosts[other], first: hosts[0], difference: "\(path) has other contents")
  }

  /// Where an error occurred, for the end of its message; empty if the process works alone.
  static var place: String {
    if let current { return " (on host \(current.host), rank \(current.rank) of \(current.count))" }
    return launchedRank.map { " (on host \(hostName), rank \($0))" } ?? ""
  }

  /// Leaves the cluster with an exit code. Ends all ranks at once if this one has failed.
  func leave(_ code: Int32) {
    if code == 0 || code == Status.belowThreshold.rawValue { finish() } else { abort(code) }
  }
}
