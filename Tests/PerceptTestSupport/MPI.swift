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
    environment: [String: String?] = [:], disturb: (Int32) -> Void = { _ in }
  ) throws -> Program.Result {
    let options = ["--allow-run-as-root", "--oversubscribe", "--mca", "btl", "self,vader", "-n", "\(ranks)"]
    return try Program(path: mpirun)(
      options + [program.path] + arguments, in: folder, environment: environment, disturb: disturb)
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
