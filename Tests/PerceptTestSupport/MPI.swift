import Foundation
import PerceptIO

/// Open MPI's launcher, with which tests start several processes.
package enum MPI {
  private static let mpirun = "/usr/bin/mpirun"

  /// Whether it is installed. Tests that need it are skipped otherwise.
  package static var isInstalled: Bool { FileSystem.kind(of: mpirun) == .file }

  /// Runs a program as several processes on this machine. They can be more than it has processors.
  package static func run(
    _ ranks: Int, _ arguments: [String], of program: Program = .percept, in folder: TemporaryFolder,
    input: [UInt8] = [],
    environment: [String: String?] = [:], disturb: (Int32) -> Void = { _ in }
  ) throws -> Program.Result {
    let options = ["--allow-run-as-root", "--oversubscribe", "--mca", "btl", "self,vader", "-n", "\(ranks)"]
    return try Program(path: mpirun)(
      options + [program.path] + arguments, in: folder, input: input, environment: environment, disturb: disturb)
  }

  /// Returns a script that runs `percept` after a line for the shell, in which `$rank` is the rank of the process.
  package static func percept(after line: String, in folder: TemporaryFolder) throws -> Program {
    let path = folder.path("rank.sh")
    let text = "#!/bin/sh\nrank=$OMPI_COMM_WORLD_RANK\n\(line)\nexec \(Program.percept.path) \"$@\"\n"
    try folder.write(Array(text.utf8), to: "rank.sh")
    guard chmod(path, 0o755) == 0 else { throw CocoaError(.fileWriteNoPermission) }
    return Program(path: path)
  }

  /// Returns what the processes have printed to standard error, without the messages of mpirun, which are between lines of
  /// hyphens.
  package static func errors(of result: Program.Result) -> String {
    var isOwn = true
    var text = ""
    for line in result.errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.count > 70, line.allSatisfy({ $0 == "-" }) { isOwn.toggle() } else if isOwn { text += line + "\n" }
    }
    return text
  }

  /// Runs mpirun with arguments of a document, in which `percept` is the program under test.
  package static func documented(_ arguments: [String], in folder: TemporaryFolder) throws -> Program.Result {
    try Program(path: mpirun)(
      ["--allow-run-as-root", "--oversubscribe"] + arguments.map { $0 == "percept" ? Program.percept.path : $0 },
      in: folder)
  }

  /// Returns the process IDs of the processes that mpirun has started, in the order of their IDs.
  package static func processes(of mpirun: Int32) -> [Int32] {
    let names = (try? FileSystem.names(inFolder: "/proc")) ?? []
    return names.compactMap(Int32.init).filter { process in
      guard let bytes = try? FileSystem.read("/proc/\(process)/stat") else { return false }
      // The parent is the second field after the name, which ends with a parenthesis.
      let fields = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 1 && Int32(fields[1]) == mpirun
    }.sorted()
  }
}
