import Foundation

/// Runs built programs as a user would.
package struct Program {
  /// What came of a run.
  package struct Result {
    /// What stood on standard output.
    package let output: String
    /// What stood on standard error.
    package let errors: String
    /// The exit code.
    package let status: Int32

    /// The lines of standard output.
    package var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  /// The built `percept`, which stands beside the running tests.
  package static let percept = Program(
    path: URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("percept").path)

  /// Where it is.
  package let path: String

  /// A program at a path.
  package init(path: String) { self.path = path }

  /// Runs it to its end, with its arguments one after another.
  package func callAsFunction(
    _ arguments: String..., in folder: TemporaryFolder? = nil, input: [UInt8] = [],
    environment: [String: String?] = [:]
  ) throws -> Result {
    try self(arguments, in: folder, input: input, environment: environment)
  }

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - arguments: what follows its name.
  ///   - folder: where it runs; by default where the tests do.
  ///   - input: what stands on its standard input.
  ///   - environment: variables besides those of the tests; nil takes one away. Unless XDG_CACHE_HOME is among them, the
  ///     program finds an empty cache of its own, gone afterwards: tests never touch that of the user.
  ///   - disturb: called with the process id while it runs.
  /// - Returns: what it printed and how it ended.
  /// - Throws: when it cannot be started.
  package func callAsFunction(
    _ arguments: [String], in folder: TemporaryFolder? = nil, input: [UInt8] = [],
    environment: [String: String?] = [:], disturb: (Int32) -> Void = { _ in }
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder.path) }
    // Files rather than pipes: they take any amount without anyone reading at the same time.
    let exchange = try TemporaryFolder()
    try exchange.write(input, to: "in")
    var variables = ProcessInfo.processInfo.environment
    variables["PERCEPT_CACHE_LIMIT"] = nil
    variables["XDG_CACHE_HOME"] = exchange.path("cache")
    for (name, value) in environment { variables[name] = value }
    process.environment = variables
    for name in ["out", "err"] { try exchange.write([], to: name) }
    process.standardInput = FileHandle(forReadingAtPath: exchange.path("in"))
    process.standardOutput = FileHandle(forWritingAtPath: exchange.path("out"))
    process.standardError = FileHandle(forWritingAtPath: exchange.path("err"))
    try process.run()
    disturb(process.processIdentifier)
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: exchange.path(name))), as: UTF8.self)
    }
    return Result(output: try text("out"), errors: try text("err"), status: process.terminationStatus)
  }
}

/// A JSON text as dictionaries, arrays and numbers.
package func json(_ text: String) throws -> [String: Any] {
  try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
}
