import PerceptTestSupport
import Testing

@Suite("Commands on many classes")
struct ManyClassesTests {
  @Test("with more than 20 classes, evaluate prints those with the lowest F1 scores, and all with --json")
  func evaluate() throws {
    let (folder, percept) = (try TemporaryFolder(), Program.percept)
    try folder.addImages((10..<35).map { (name: "train/c\($0)", count: 3) })
    try folder.addImages((10..<35).map { (name: "test/c\($0)", count: 2) }, seed: 2)
    let trained = try percept(
      "train", "train", "--image-size", "6", "--iterations", "1", "-o", "m.safetensors", "--quiet", in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let lines = try percept("evaluate", "m.safetensors", "test", "--limit", "0", in: folder).lines
    let scores = lines.filter { $0.hasPrefix("  c") }.compactMap { Double($0.suffix(5)) }
    #expect(scores.count == 20 && scores == scores.sorted())
    #expect(lines.contains("  … and 5 more classes, lowest F1 first (--json)"))
    let result = try json(percept("evaluate", "m.safetensors", "test", "--json", in: folder).output)
    #expect((result["classes"] as? [Any])?.count == 25)
  }
}
