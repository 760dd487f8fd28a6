import Foundation

/// An executable that tests run as a user does.
package struct Program {
  /// The result of a run.
  package struct Result {
    /// The text on standard output.
    package let output: String
    /// The text on standard error.
    package let errors: String
    /// The exit code.
    package let status: Int32

    /// The lines of standard output.
    package var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  /// The built `percept`, in the same folder as the running tests. Tests that run in the background ignore SIGINT, and so
  /// would the program; therefore the signal gets its default action.
  package static let percept = {
    signal(SIGINT, SIG_DFL)
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    return Program(path: tests.appendingPathComponent("percept").path)
  }()

  /// The path of the executable.
  package let path: String

  /// Creates a program from the path of its executable.
  package init(path: String) { self.path = path }

  /// Runs the program until it exits, with variadic arguments.
  package func callAsFunction(
    _ arguments: String..., in folder: TemporaryFolder? = nil, input: [UInt8] = [],
    environment: [String: String?] = [:]
  ) throws -> Result {
    try self(arguments, in: folder, input: input, environment: environment)
  }

  /// Runs the program until it exits.
  ///
  /// - Parameters:
  ///   - arguments: the arguments, without the name of the program.
  ///   - folder: the working directory; by default that of the tests.
  ///   - input: the bytes on standard input.
  ///   - environment: variables that are added to those of the tests; `nil` removes a variable. Unless XDG_CACHE_HOME is
  ///     set here, the program uses an empty cache, which is removed afterwards. Tests never access the user's cache.
  ///   - disturb: called with the process ID while the program runs.
  /// - Returns: the output and the exit code.
  /// - Throws: an error if the program cannot be started.
  package func callAsFunction(
    _ arguments: [String], in folder: TemporaryFolder? = nil, input: [UInt8] = [],
    environment: [String: String?] = [:], disturb: (Int32) -> Void = { _ in }
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder.path) }
    // Use files, not pipes: a pipe blocks the program when it is full and not being read.
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

/// Parses a JSON object into dictionaries, arrays and numbers; empty if the text is not an object.
package func json(_ text: String) throws -> [String: Any] {
  try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
}
