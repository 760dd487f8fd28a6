import Foundation
import Testing

extension StudioTests {
  @Test("a prediction has attributions and a counterfactual, and without hidden layers training influence")
  func reasons() async throws {
    for (hidden, isNeuron) in [("", true), ("5", false)] {
      let answer = try await ask("/ask?part=test&index=5&rate=0.003&iterations=50&hidden=\(hidden)").json
      let html = try #require(answer["html"] as? String)
      #expect(html.contains("the smallest change that flips the answer") && html.contains("(root mean square"))
      #expect(html.contains("Pixel times weight") == isNeuron && html.contains("bias b") == isNeuron)
      #expect(html.contains("on the path from the mean training photo") == !isNeuron)
      #expect(html.contains("not accounted for") == !isNeuron)
      #expect(html.contains("The photos behind this answer") == isNeuron)
      let photos = html.components(separatedBy: "class=\"photo\" data-part=\"train\"").count - 1
      #expect(isNeuron ? (6...12).contains(photos) : photos == 0)
    }
  }
}
