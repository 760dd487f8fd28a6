import Files
import TestSupport
import Testing

@Suite("README")
struct ReadmeTests {
  static let fashion = "/usr/share/datasets/fashion-mnist"

  @Test(
    "its session prints what it shows",
    .enabled(if: Files.kind(of: fashion) == .folder, "Debian's dataset-fashion-mnist is not installed"))
  func session() throws {
    let root = Files.folder(of: Files.folder(of: Files.folder(of: #filePath)))
    let readme = String(decoding: try Files.read(Files.path(root, "README.md")), as: UTF8.self)
    let sessions = readme.split(separator: "```", omittingEmptySubsequences: false).filter { $0.hasPrefix("console\n") }
    #expect(sessions.count == 1)
    let folder = try TemporaryFolder()
    for step in sessions.flatMap({ $0.dropFirst("console\n$ ".count).split(separator: "\n$ ") }) {
      let lines = step.split(separator: "\n").map(String.init)
      let words = lines[0].split(separator: " ").map(String.init)
      #expect(words[0] == "percept")
      let result = try Program.percept(Array(words.dropFirst()), in: folder)
      #expect((result.errors + result.output).split(separator: "\n").map(String.init) == Array(lines.dropFirst()))
    }
  }
}
