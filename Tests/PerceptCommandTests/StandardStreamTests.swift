import Foundation
import PerceptIO
import PerceptTestSupport
import Testing

@Suite("Standard streams that are closed or cannot be written")
struct StandardStreamTests {
  static let reasons = [">&-": "it is not open for writing", "> /dev/full": "No space left on device"]

  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 6), ("faces/b", 6)])
    #expect(try percept("train", "faces", "--image-size", "6", "-o", "m.safetensors", in: folder).status == 0)
  }

  /// Runs a command line, in which `percept` is `"$0"`.
  func shell(_ line: String) throws -> Program.Result {
    try Program(path: "/bin/sh")("-c", line, percept.path, in: folder)
  }

  @Test(
    "results and help that cannot be written are an error that names standard output",
    arguments: [
      "predict m.safetensors faces/a/0000.png", "predict m.safetensors --json faces/a/0000.png", "--help", "",
      "train --help", "help figure weights", "--version", "explore faces --json --quiet",
      "evaluate m.safetensors faces --quiet", "train faces --json --quiet -o n.safetensors", "cache list",
      "figure sigmoid --at 1", "cross-validate faces --folds 2 --iterations 1 --quiet",
      "--generate-completion-script bash",
    ], [">&-", "> /dev/full"])
  func unwritable(command: String, redirection: String) throws {
    let result = try shell("\"$0\" \(command) \(redirection)")
    #expect(result.status == 73, "\(result.errors)")
    let reason = try #require(Self.reasons[redirection])
    #expect(result.errors.hasSuffix("Error: standard output: cannot be written: \(reason)\n"), "\(result.errors)")
  }

  @Test("another error keeps its exit code, and both are reported")
  func both() throws {
    let result = try shell("\"$0\" predict m.safetensors faces/a/0000.png none.png > /dev/full")
    #expect(result.status == 66)
    #expect(
      result.errors == """
        Error: none.png: no such file or folder
        Error: standard output: cannot be written: No space left on device

        """)
  }

  @Test(
    "files are written as always if standard streams are closed",
    arguments: [(">&-", 73), ("2>&-", 0), ("<&-", 0), ("<&- >&- 2>&-", 73)] as [(String, Int32)])
  func files(redirection: String, status: Int32) throws {
    let result = try shell("\"$0\" train faces --log log.jsonl --cost-every 1 -o n.safetensors \(redirection)")
    #expect(result.status == status, "\(result.errors)")
    let log = String(decoding: try FileSystem.read(folder.path("log.jsonl")), as: UTF8.self).split(separator: "\n")
    #expect(log.count == 1000)
    for line in log { #expect(try json(String(line))["cost"] is Double) }
    #expect(try percept("predict", "n.safetensors", "faces/a/0000.png", in: folder).status == 0)
  }

  @Test("a reader that ends early, as with | head, ends the command without a message")
  func pipe() throws {
    let result = try shell("{ sleep 0.2; env --default-signal=PIPE \"$0\" --help; echo $? >&2; } | :")
    #expect(result.errors == "\(128 + SIGPIPE)\n")
  }

  @Test("servers need no standard output", arguments: ["serve m.safetensors", "studio faces --no-cache"])
  func servers(command: String) throws {
    let (process, notes) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "exec \"$0\" \(command) --port 0 >&-", percept.path]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardError = notes
    try process.run()
    defer { process.terminate() }
    var said = ""
    while !said.contains(/http:\/\/127\.0\.0\.1:\d+\/\n/) {
      let part = notes.fileHandleForReading.availableData
      try #require(!part.isEmpty, "\(said)")
      said += String(decoding: part, as: UTF8.self)
    }
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
