import Foundation
import PerceptIO
import Testing

@Suite("Scalars that are unsafe on a terminal")
struct UnsafeScalarTests {
  static let harmful = [
    "\0", "\u{1B}", "\n", "\u{7F}", "\u{80}", "\u{85}", "\u{9B}", "\u{9F}", "\u{AD}", "\u{61C}", "\u{200B}", "\u{200E}",
    "\u{200F}", "\u{2028}", "\u{2029}", "\u{202A}", "\u{202E}", "\u{2066}", "\u{2069}", "\u{FEFF}", "\u{E0041}",
  ]
  /// Letters, marks, joiners as in Persian and in emoji, and format characters that are visible.
  static let harmless = [
    "A", "é", "e\u{301}", "ß", "\u{645}\u{6CC}\u{200C}\u{62E}", "👩\u{200D}🔬", "❤\u{FE0F}", "\u{A0}", "\u{600}", "日",
  ]

  @Test("control characters, separators, invisible and bidirectional controls are unsafe; letters and emoji are not")
  func kinds() {
    for text in Self.harmful {
      #expect(text.unicodeScalars.allSatisfy { $0.isUnsafeOnTerminal }, "\(text.debugDescription)")
    }
    for text in Self.harmless {
      #expect(!text.unicodeScalars.contains { $0.isUnsafeOnTerminal }, "\(text)")
    }
  }

  @Test("escaped JSON has the same value and no unsafe scalars")
  func json() throws {
    let texts = Self.harmful.map { "a\($0)b" } + Self.harmless + ["\\\"/"]
    let bytes = Array(try JSONEncoder().encode(texts))
    let escaped = terminalSafe(json: bytes)
    #expect(escaped != bytes)
    #expect(try JSONDecoder().decode([String].self, from: Data(escaped)) == texts)
    #expect(!String(decoding: escaped, as: UTF8.self).unicodeScalars.contains { $0.isUnsafeOnTerminal })
    let known = terminalSafe(json: Array("[\"\u{85}\u{E0041}é\"]".utf8))
    #expect(String(decoding: known, as: UTF8.self) == #"["\u0085\udb40\udc41é"]"#)
    let plain = Array(#"{"a":"\u001b","b":1}"#.utf8)
    #expect(terminalSafe(json: plain) == plain)
  }
}
