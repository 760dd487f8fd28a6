import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Control characters in names and arguments")
struct ControlCharacterTests {
  /// DEL, C1 controls, bidirectional controls, separators, an invisible character, and an escape sequence.
  static let names = ["\u{7F}", "\u{85}", "\u{202E}", "\u{2066}\u{200F}\u{61C}", "\u{2028}\u{FEFF}", "\u{1B}[31m"]

  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 12), ("faces/b", 8), ("held-out/a", 2), ("held-out/b", 2)])
    for (index, name) in Self.names.enumerated() {
      for (place, seed) in [("faces", 100), ("held-out", 200)] {
        let image = TestImages.sided(0, seed: UInt64(seed + index), side: 12)
        try folder.write(image.encodedPNG(), to: "\(place)/a/x\(name).png")
      }
    }
    let words = ["train", "faces", "--image-size", "6", "--quiet", "-o", "m.safetensors"]
    #expect(try percept(words, in: folder).status == 0)
  }

  /// Checks that the text has no scalar that a terminal interprets.
  func checkIsVisible(_ text: String) {
    let interpreted: [ClosedRange<UInt32>] = [
      0...9, 0xB...0x1F, 0x7F...0x9F, 0x61C...0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF...0xFEFF,
    ]
    let found = text.unicodeScalars.filter { scalar in interpreted.contains { $0.contains(scalar.value) } }
    #expect(!text.isEmpty && found.isEmpty, "\(text.debugDescription)")
  }

  @Test("predict and explain --json print valid JSON with the name of the file", arguments: ["predict", "explain"])
  func images(command: String) throws {
    let images = Self.names.map { "held-out/a/x\($0).png" }
    let result = try percept([command, "m.safetensors", "--json"] + images, in: folder)
    #expect(result.status == 0)
    #expect(try result.lines.compactMap { try json($0)["file"] as? String } == images)
    checkIsVisible(result.output)
    let text = try percept([command, "m.safetensors"] + images, in: folder)
    #expect(text.status == 0 && text.output.contains("held-out/a/x\\u{202e}.png"))
    checkIsVisible(text.output)
  }

  @Test("explore and evaluate --json print valid JSON with the names of the files")
  func data() throws {
    let explored = try percept("explore", "faces", "--json", in: folder)
    let labels = try #require(json(explored.output)["labels"] as? [[String: Any]])
    #expect(Set(labels.compactMap { $0["file"] as? String }).isSuperset(of: Self.names.map { "faces/a/x\($0).png" }))
    checkIsVisible(explored.output)
    // With swapped classes, every answer is wrong.
    let arguments = ["evaluate", "m.safetensors", "held-out", "--classes", "a=b,b=a"]
    let evaluated = try percept(arguments + ["--json"], in: folder)
    let wrong = try #require(json(evaluated.output)["misclassified"] as? [[String: Any]])
    #expect(Set(wrong.compactMap { $0["file"] as? String }).isSuperset(of: Self.names.map { "held-out/a/x\($0).png" }))
    checkIsVisible(evaluated.output)
    checkIsVisible(try percept(arguments, in: folder).output)
  }

  @Test("errors and lists of skipped files are escaped on standard error, and have the same value in JSON")
  func errors() throws {
    for name in Self.names {
      let missing = try percept("predict", "m.safetensors", "--json", "no\(name).png", in: folder)
      #expect(missing.status == 66)
      #expect(try json(missing.output)["error"] as? String == "no\(name).png: no such file or folder")
      checkIsVisible(missing.output)
      checkIsVisible(missing.errors)
      try folder.write([], to: "faces/b/y\(name).png")
    }
    let explored = try percept("explore", "faces", "--json", in: folder)
    let skipped = try #require(json(explored.output)["skipped"] as? [[String: Any]])
    #expect(Set(skipped.compactMap { $0["file"] as? String }) == Set(Self.names.map { "faces/b/y\($0).png" }))
    checkIsVisible(explored.output)
    checkIsVisible(explored.errors)
  }

  @Test(
    "errors about arguments quote them escaped, on one line",
    arguments: [
      ["train", "faces", "--\u{1B}[31m"], ["train", "faces", "x\nError: \u{202E}y"], ["tr\u{85}\nain"],
      ["train", "faces", "--iterations", "1\n2\u{7F}"], ["train", "faces", "--iterations=1\n2\u{9B}"],
      ["predict", "faces\nError: \u{2028}", "m.safetensors"],
    ])
  func arguments(arguments: [String]) throws {
    let result = try percept(arguments, in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains("\\u{"), "\(result.errors)")
    checkIsVisible(result.errors)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("Error: ") } == 1 && lines.first?.hasPrefix("Error: ") == true)
  }
}
