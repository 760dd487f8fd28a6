import PerceptIO
import Testing

@Suite("Suggestions for mistyped texts")
struct SuggestionTests {
  static let commands = ["explore", "train", "tune", "evaluate", "predict", "explain"]

  @Test(
    "the nearest candidate within a third of the text",
    arguments: [
      ("trian", "train"), ("evalute", "evaluate"), ("EXPLORE", "explore"), ("explian", "explain"), ("tun", "tune"),
      ("predicts", "predict"),
    ])
  func near(text: String, meant: String) {
    #expect(suggestion(for: text, among: Self.commands) == meant)
  }

  @Test("no candidate for a text that is like none", arguments: ["serve", "xyz", "", "t"])
  func far(text: String) {
    #expect(suggestion(for: text, among: Self.commands) == nil)
  }

  @Test("of equally near candidates the first")
  func first() {
    #expect(suggestion(for: "bat", among: ["cat", "rat"]) == "cat")
    #expect(suggestion(for: "anything", among: []) == nil)
  }
}
