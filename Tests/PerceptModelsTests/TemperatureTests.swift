import Foundation
import PerceptDatasets
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import Testing

@Suite("Temperature")
struct TemperatureTests {
  /// Logits with labels, and the temperature that SciPy finds best; `Fixtures/make.py` wrote it.
  struct Reference: Decodable {
    struct Case: Decodable {
      let classes: Int
      let logits: [[Double]]
      let labels: [Int]
      let temperature: Double
      let logLosses: [Double]
    }

    let temperatures: [Case]
  }

  @Test("the best temperature is SciPy's, and so is the log loss that it gives")
  func agrees() throws {
    let path = FileSystem.path(FileSystem.path(FileSystem.folder(of: #filePath), "Fixtures"), "metrics.json")
    let cases = try JSONDecoder().decode(Reference.self, from: Data(FileSystem.read(path))).temperatures
    #expect(cases.count == 6)
    for known in cases {
      let plain = try Evaluation(known.logits, known.labels, classes: known.classes)
      let best = try #require(plain.bestTemperature)
      #expect(abs(best / known.temperature - 1) < 1e-10)
      let scaled = try Evaluation(known.logits, known.labels, classes: known.classes, temperature: best)
      for (ours, theirs) in zip([plain.cost(), scaled.cost()], known.logLosses) { #expect(abs(ours - theirs) < 1e-10) }
      // Of what is scaled already, the same temperature is best.
      #expect(scaled.bestTemperature == best)
    }
  }

  @Test("no temperature is lower in log loss, and none changes an answer", arguments: [1, 3, 7])
  func best(units: Int) throws {
    var generator = SeededGenerator(seed: UInt64(units))
    let classes = max(units, 2)
    let logits = (0..<80).map { _ in (0..<units).map { _ in Double.random(in: -4...4, using: &generator) } }
    let labels = (0..<80).map { row in
      // Three of four as the logits say.
      row % 4 > 0
        ? Prediction(logits: logits[row]).label : Int.random(in: 0..<classes, using: &generator)
    }
    let best = try #require(try Evaluation(logits, labels, classes: classes).bestTemperature)
    func at(_ temperature: Double) throws -> Evaluation {
      try Evaluation(logits, labels, classes: classes, temperature: temperature)
    }
    let (cost, answers) = (try at(best).cost(), try at(1).outcomes.map(\.prediction.label))
    for factor in [0.01, 0.5, 0.99, 0.9999, 1.0001, 1.01, 2, 100] {
      let other = try at(best * factor)
      #expect(other.cost() > cost)
      #expect(other.outcomes.map(\.prediction.label) == answers)
      #expect(other.outcomes.allSatisfy { abs($0.prediction.probabilities.reduce(0, +) - 1) < 1e-12 })
    }
  }

  @Test("where every answer is right, or answers say nothing, no temperature is best")
  func none() throws {
    #expect(try Evaluation([[2], [-1], [0.1]], [1, 0, 1], classes: 2).bestTemperature == nil)
    #expect(try Evaluation([[2], [-1], [0.1]], [0, 1, 0], classes: 2).bestTemperature == nil)
    #expect(try Evaluation([[0], [0]], [0, 1], classes: 2).bestTemperature == nil)
    #expect(try Evaluation([[2, 1, 0], [0, 1, 0.5]], [0, 1], classes: 3).bestTemperature == nil)
    #expect(try Evaluation([[2], [-1], [0.1]], [1, 0, 0], classes: 2).bestTemperature != nil)
  }

  @Test("a classifier's logits are what its weights give, its probabilities those of z/T")
  func classifier() throws {
    var classifier = randomClassifier(seed: 4)
    let image = Image(width: 3, height: 3, color: .rgb, pixels: (0..<27).map { UInt8($0 * 9) })
    let plain = try classifier.predict(image)
    classifier.temperature = 3
    let scaled = try classifier.predict(image)
    #expect(plain.temperature == 1 && scaled.temperature == 3)
    #expect(scaled.logits == plain.logits && scaled.label == plain.label)
    #expect(scaled.probabilities == Prediction(logits: [plain.logits[0] / 3]).probabilities)
    #expect(scaled.probability < plain.probability)
  }

  @Test("the model file keeps it, and says nothing of a temperature of 1; one that cannot be is refused")
  func file() throws {
    var classifier = randomClassifier(seed: 6)
    #expect(!String(decoding: try classifier.encoded(), as: UTF8.self).contains("temperature"))
    classifier.temperature = 1.25
    let bytes = try classifier.encoded()
    #expect(try Classifier(decoding: bytes, named: "x") == classifier)
    func reading(_ other: String) throws -> Double {
      let changed = replacing(#"\"temperature\":1.25"#, by: #"\"temperature\":"# + other, in: bytes)
      return try Classifier(decoding: changed, named: "x").temperature
    }
    #expect(try reading("2.25") == 2.25)
    for other in ["0.00", "-1.0"] {
      #expect(
        throws: ModelError.notAModel(
          path: "x", problem: "the temperature must be > 0 (got \(Double(other) ?? 0))")
      ) {
        try reading(other)
      }
    }
    // Logits divided by it would be infinite.
    classifier.temperature = .leastNonzeroMagnitude
    #expect(throws: ModelError.self) { try Classifier(decoding: classifier.encoded(), named: "x") }
  }

  @Test("those who are sure are judged by themselves")
  func sure() throws {
    let all = try Evaluation([[3], [0.1], [-0.2], [-4]], [1, 0, 0, 1], classes: 2)
    let sure = try #require(all.sure(atLeast: 0.9))
    #expect(sure.outcomes.map(\.example.file) == ["0", "3"] && sure.dataset.examples.map(\.file) == ["0", "3"])
    #expect(sure.score == Score(correct: 1, count: 2, majorityClass: "1", majorityCount: 2))
    #expect(all.sure(atLeast: 0)?.score == all.score && all.sure(atLeast: 0.999) == nil)
    let probability = all.outcomes[0].prediction.probability
    #expect(all.sure(atLeast: probability)?.outcomes.count == 2)
  }

  @Test("a comparison names the better model, or how many more images are needed")
  func sentences() {
    func sentence(_ first: Int, _ second: Int) -> String {
      PairedComparison(onlyFirst: first, onlySecond: second, count: 100).sentence("A", "B")
    }
    #expect(sentence(20, 3) == "A is significantly better than B (p < 0.05).")
    #expect(sentence(3, 20) == "B is significantly better than A (p < 0.05).")
    #expect(sentence(4, 4) == "No difference: both are correct equally often.")
    #expect(sentence(12, 11) == "No significant difference on 100 images: A is correct more often.")
    #expect(
      sentence(5, 2)
        == "No significant difference on 100 images: A is correct more often, but a significant result needs about 510 more images."
    )
  }
}
