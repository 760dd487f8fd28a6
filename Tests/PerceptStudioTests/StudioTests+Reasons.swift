import Foundation
import Testing

extension StudioTests {
  @Test("an answer has its reasons, the smallest change and the photos behind it; hidden layers have no such photos")
  func reasons() async throws {
    for (hidden, isNeuron) in [("", true), ("5", false)] {
      let answer = try await ask("/ask?part=test&index=5&rate=0.003&iterations=50&hidden=\(hidden)").json
      let html = try #require(answer["html"] as? String)
      #expect(html.contains("How little it would take") && html.contains("steps (root mean square"))
      #expect(html.contains("Pixel times weight") == isNeuron && html.contains("bias b") == isNeuron)
      #expect(html.contains("on the way from the mean training photo") == !isNeuron)
      #expect(html.contains("not accounted for") == !isNeuron)
      #expect(html.contains("The photos behind this answer") == isNeuron)
      let photos = html.components(separatedBy: "class=\"photo\" data-part=\"train\"").count - 1
      #expect(isNeuron ? (6...12).contains(photos) : photos == 0)
    }
  }
}
