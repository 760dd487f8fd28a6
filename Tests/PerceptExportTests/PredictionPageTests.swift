import Foundation
import PerceptExport
import PerceptFeatures
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import Testing

/// scripts/test-pages opens pages in a browser.
@Suite("Prediction pages")
struct PredictionPageTests {
  @Test("the page contains the model and test images with the answers of the classifier", arguments: ExportedModel.all)
  func content(model: ExportedModel) throws {
    let classifier = model.classifier()
    let html = try classifier.predictionPage()
    let content = try json(Self.element("model", of: html))
    #expect(content["classNames"] as? [String] == classifier.classNames)
    #expect(content["temperature"] as? Double == model.temperature)
    #expect(content["features"] as? String == model.extractor.name)
    let tests = try #require(content["tests"] as? [[String: Any]])
    #expect(tests.count == 2)
    for test in tests { #expect((test["probabilities"] as? [Double])?.count == model.classes) }
    let weights = classifier.network.layers.reduce(0) { $0 + ($1.weights.columns + 1) * $1.weights.rows }
    #expect(try Self.element("weights", of: html).utf8.count == (8 * weights + 2) / 3 * 4)
  }

  @Test("the title names up to four classes")
  func title() throws {
    let few = ExportedModel(classes: 4).classifier(names: ["a", "b", "c", "d"])
    #expect(try few.predictionPage().contains("<h1>a, b, c or d?</h1>"))
    #expect(try ExportedModel(classes: 7).classifier().predictionPage().contains("<h1>Which of 7 classes?</h1>"))
  }

  @Test("the page requests nothing, and its policy allows nothing")
  func offline() throws {
    let html = try ExportedModel().classifier().predictionPage()
    #expect(html.contains("default-src 'none'; script-src 'sha256-"))
    for text in ["http:", "https:", "fetch(", "XMLHttpRequest", "import(", "src=", "url(", "unsafe-"] {
      #expect(!html.contains(text), "\(text)")
    }
  }

  @Test("class names are text, whatever they contain")
  func escaping() throws {
    let html = try ExportedModel().classifier(names: ["</script><b>", "\"&'"]).predictionPage()
    #expect(!html.contains("</script><b>") && html.contains("&lt;/script&gt;&lt;b&gt;"))
    #expect(try json(Self.element("model", of: html))["classNames"] as? [String] == ["</script><b>", "\"&'"])
  }

  @Test("a model with a backbone, and one with too many weights, are refused")
  func refusals() throws {
    let backbone = try TestBackbone.load()
    #expect(throws: ExportError.backboneInPage(backbone: backbone.name)) {
      try ExportedModel(extractor: .backbone(backbone)).classifier().predictionPage()
    }
    let large = ExportedModel(hidden: [7000]).classifier()
    #expect(throws: ExportError.tooLarge(bytes: 8 * (7000 * (1296 + 1) + 7001), limit: 1 << 26, format: "a web page")) {
      try large.predictionPage()
    }
  }

  /// The content of an element of the page by its identifier.
  private static func element(_ id: String, of html: String) throws -> String {
    let start = try #require(html.range(of: "id=\"\(id)\">"))
    let end = try #require(html[start.upperBound...].range(of: "</script>"))
    return String(html[start.upperBound..<end.lowerBound])
  }
}
