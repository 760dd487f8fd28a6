import Hummingbird
import PerceptIO
import PerceptPlatform
import PerceptServer
import PerceptTestSupport
import Testing

@Suite("Control characters in logs and responses")
struct EscapingTests {
  static let text = "\u{1B}[31m\u{7F}\u{85}\u{61C}\u{200F}\u{2028}\u{202E}\u{2066}\u{FEFF}\u{E0041} é \" \\ \n"

  @Test("a line of the log has only visible characters, and the value stays the same")
  func log() throws {
    let folder = try TemporaryFolder()
    let descriptor = open(folder.path("log"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
    defer { close(descriptor) }
    let log = RequestLog(least: .info, descriptor: descriptor)
    log.note(Self.text)
    log.flush()
    let written = String(decoding: try FileSystem.read(folder.path("log")), as: UTF8.self)
    #expect(written.contains(#"\u001b[31m\u007f\u0085\u061c\u200f\u2028\u202e\u2066\ufeff\udb40\udc41 é \" \\ \u000a"#))
    #expect(written.hasSuffix("}\n") && written.unicodeScalars.count { $0 == "\n" } == 1)
    #expect(try json(written)["message"] as? String == Self.text)
  }

  @Test("a response has only visible characters, and the value stays the same")
  func response() throws {
    let line = String(decoding: try Response.line(of: ["name": Self.text]), as: UTF8.self)
    #expect(line.contains(#"[31m\u007f\u0085\u061c\u200f\u2028\u202e\u2066\ufeff\udb40\udc41 é"#))
    #expect(line.unicodeScalars.count { $0 == "\n" } == 1)
    #expect(try json(line)["name"] as? String == Self.text)
  }
}
