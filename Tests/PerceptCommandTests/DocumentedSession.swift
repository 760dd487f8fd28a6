import Foundation
import PerceptIO
import PerceptTestSupport
import Testing

/// Runs the commands of a document in order in one temporary folder: `percept …`, `curl …`, `mpirun … percept …`, `cmp …`, and
/// `percept … &`, which runs in the background until the session ends.
///
/// The port in the document is replaced by a free port, so that the session does not conflict with other servers on this machine.
final class DocumentedSession {
  /// The port that the documents use.
  private static let documentedPort = "8642"

  let folder: TemporaryFolder
  /// The commands of a session share a cache, so that features are computed once.
  private let cache: TemporaryFolder
  private let port: String
  private var servers: [Process] = []

  init() throws {
    (folder, cache) = (try TemporaryFolder(), try TemporaryFolder())
    if SharedData.isPresent {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path("ants_bees"), withDestinationPath: SharedData.path("ants_bees"))
    }
    port = String(try freePort())
  }

  /// Runs a command.
  ///
  /// - Parameter line: the command line, split at spaces without quoting.
  /// - Returns: the lines of standard error, then those of standard output. For a server, the first output on standard error.
  /// - Throws: an error when the program cannot be started.
  func output(of line: String) throws -> [String] {
    let words = line.replacing(Self.documentedPort, with: port).split(separator: " ").map(String.init)
    let text: String
    switch (words[0], words.last) {
    case ("percept", "&"): text = try firstLine(ofServer: Array(words.dropFirst().dropLast()))
    case ("percept", _):
      text = try self.text(
        of: Program.percept(Array(words.dropFirst()), in: folder, environment: ["XDG_CACHE_HOME": cache.path]))
    case ("mpirun", _): text = try self.text(of: MPI.documented(Array(words.dropFirst()), in: folder))
    case ("cmp", _): text = try self.text(of: Program(path: "/usr/bin/cmp")(Array(words.dropFirst()), in: folder))
    case ("curl", _): text = try self.text(of: Program(path: "/usr/bin/curl")(Array(words.dropFirst()), in: folder))
    default:
      Issue.record("A documented session supports only percept, mpirun, cmp and curl (got: \(line))")
      return []
    }
    return text.replacing(port, with: Self.documentedPort).split(separator: "\n").map(String.init)
  }

  private func text(of result: Program.Result) -> String { result.errors + result.output }

  private func firstLine(ofServer arguments: [String]) throws -> String {
    let (process, notes) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: Program.percept.path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardError = notes
    try process.run()
    servers.append(process)
    return String(decoding: notes.fileHandleForReading.availableData, as: UTF8.self)
  }

  deinit {
    for server in servers {
      server.terminate()
      server.waitUntilExit()
    }
  }
}

/// Returns a free TCP port on the loopback interface, chosen by the system.
private func freePort() throws -> UInt16 {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = inet_addr("127.0.0.1")
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isBound = withUnsafeMutablePointer(to: &address) { address in
    address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
    }
  }
  try #require(isBound)
  return UInt16(bigEndian: address.sin_port)
}
