import PerceptDatasets
import PerceptFigures
import PerceptImages
import PerceptInterpretation
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Explanation texts, ExplanationFigure and ExplanationPage")
struct ExplanationTests {
  static func explanation(hidden: [Int] = [], label: Int? = nil) throws -> (Explanation, Sample) {
    let sample = try Sample(hidden: hidden)
    let mean = sample.run.dataset.meanFeatures
    return (
      try Explanation(sample.run.classifier, of: sample.test.prepared(0), for: label, mean: mean, run: sample.run),
      sample
    )
  }

  @Test("the summands add up to the logit", arguments: [[], [6]])
  func summands(hidden: [Int]) throws {
    let (explanation, _) = try Self.explanation(hidden: hidden)
    let sum = explanation.summands.reduce(0) { $0 + $1.value }
    #expect(abs(sum - explanation.attributions.logit) < 1e-9 * (1 + abs(sum)))
    #expect(explanation.summands.count == (hidden.isEmpty ? 3 : 4))
    #expect(explanation.summands[0].name == (hidden.isEmpty ? "bias b" : "z of the mean training image"))
    #expect(explanation.attributions.baseline == (hidden.isEmpty ? .black : explanation.attributions.baseline))
  }

  @Test("with two classes, the explanation for class 0 is that for class 1 with opposite signs")
  func other() throws {
    let (one, zero) = (try Self.explanation().0, try Self.explanation(label: 0).0)
    #expect(one.className == "right & up" && one.otherName == "left")
    #expect(zero.className == "left" && zero.otherName == "right & up")
    #expect(zero.attributions.logit == -one.attributions.logit)
    #expect(zero.influence?.representerValues == one.influence?.representerValues.map { -$0 })
    #expect(zero.regions(for: true).map { $0.replacing("+", with: "−") } == one.regions(for: false))
  }

  @Test("signed numbers have a sign and three significant digits")
  func signs() {
    #expect([1.2345, -0.0012345, 0].map(Explanation.signed) == ["+1.23", "−0.00123", "0"])
  }

  @Test("a figure shows image, attributions, counterfactual and difference; stacked figures are below each other")
  func figure() throws {
    let (explanation, _) = try Self.explanation()
    let counterfactual = try #require(explanation.counterfactual)
    let drawing = ExplanationFigure(explanation, name: "<a>.png").drawing
    let images = drawing.shapes.compactMap { if case .image(let image, _, _) = $0 { image } else { nil } }
    #expect(
      images == [
        explanation.image, explanation.attributions.image, counterfactual.image, counterfactual.difference.image,
      ])
    #expect(drawing.title.hasPrefix("<a>.png: ") && drawing.summary.contains("changes the answer to"))
    let both = Drawing.stacked([drawing, drawing])
    #expect(both.height == 2 * drawing.height && both.width == drawing.width)
    #expect(both.shapes.count == 2 * drawing.shapes.count)
  }

  @Test("a page shows the images of the figure, and the training images with the most influence")
  func page() throws {
    let (explanation, sample) = try Self.explanation()
    let html = ExplanationPage([(name: "<a>.png", explanation: explanation, remark: nil)], training: sample.run.dataset)
      .html
    #expect(html.contains("<h2>&lt;a&gt;.png</h2>"))
    #expect(html.contains("--cell:240px") && html.contains("<span>image<br>as the model sees it</span>"))
    let influence = try #require(explanation.influence)
    for (isFor, name) in [(true, "right &amp; up"), (false, "left")] {
      #expect(html.contains("the most influence for \(name).") == !influence.strongest(6, for: isFor).isEmpty)
    }
    let shown = influence.strongest(6, for: true).count + influence.strongest(6, for: false).count
    #expect(html.components(separatedBy: "<img").count == 1 + 4 + shown)
  }

  @Test(
    "a report explains the most confident mistakes, or some correct predictions if there are none",
    arguments: [[], [6]])
  func report(hidden: [Int]) throws {
    let sample = try Sample(hidden: hidden)
    let evaluation = try sample.run.classifier.evaluate(on: sample.test)
    let html = Report(sample.run, evaluation).html
    #expect(html.contains("<h2>Explanations</h2>") && html.contains("levels (root mean square"))
    #expect(html.contains("Next to each unit, the images with the largest") == !hidden.isEmpty)
    #expect(html.contains("No image is misclassified; these") == evaluation.misclassified.isEmpty)
  }
}

extension String {
  fileprivate func components(separatedBy text: String) -> [Substring] {
    split(separator: text, omittingEmptySubsequences: false)
  }
}
