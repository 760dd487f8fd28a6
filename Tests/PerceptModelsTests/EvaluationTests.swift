import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("Evaluation")
struct EvaluationTests {
  static let preprocessing = Preprocessing(imageSize: 1, color: .gray)

  /// A neuron that answers class 1 for pixels brighter than 127.5.
  static var brightness: Classifier {
    var network = Network.neuron(inputs: 1)
    network.layers[0].weights.elements = [10]
    network.layers[0].bias = [-5]
    let record = TrainingRecord(learningRate: 1, stableLearningRate: 1)
    return Classifier(network: network, classNames: ["dark", "bright"], preprocessing: preprocessing, record: record)
  }

  func dataset(_ rows: [(pixel: UInt8, label: Int)], classNames: [String] = ["dark", "bright"]) throws -> Dataset {
    try Dataset(
      features: rows.map { [$0.pixel] },
      examples: rows.enumerated().map { Example(file: "\($0).png", label: $1.label) }, classNames: classNames,
      preprocessing: Self.preprocessing)
  }

  @Test("counts what is right and names what is not")
  func counts() throws {
    let evaluation = try Self.brightness.evaluate(on: dataset([(0, 0), (255, 1), (255, 0), (10, 1), (200, 1)]))
    #expect(evaluation.score == Score(correct: 3, count: 5, majorityClass: "bright", majorityCount: 3))
    #expect(evaluation.accuracy == 0.6)
    #expect(evaluation.score.majority == 0.6)
    #expect(evaluation.misclassified.map(\.example.file) == ["2.png", "3.png"])
  }

  @Test("one image, and a tie between classes")
  func small() throws {
    #expect(try Self.brightness.evaluate(on: dataset([(255, 1)])).score.correct == 1)
    #expect(try Self.brightness.evaluate(on: dataset([(0, 0), (0, 1)])).score.majorityClass == "dark")
  }

  @Test("a probability of exactly one half is class 0")
  func half() throws {
    var classifier = Self.brightness
    classifier = Classifier(
      network: .neuron(inputs: 1), classNames: classifier.classNames, preprocessing: classifier.preprocessing,
      record: classifier.record)
    let prediction = try classifier.predict(Image(width: 1, height: 1, color: .gray, pixels: [200]))
    #expect(prediction.label == 0)
    #expect(prediction.probability == 0.5)
  }

  @Test("probabilities keep their digits at both ends")
  func ends() throws {
    let dark = try Self.brightness.predict(Image(width: 1, height: 1, color: .gray, pixels: [0]))
    #expect(dark.probabilities[1] == sigmoid(-5))
    #expect(dark.probabilities[0] == sigmoid(5))
    #expect(abs(dark.probabilities[0] + dark.probabilities[1] - 1) < 1e-15)
  }

  @Test("nothing to evaluate, other classes and other preprocessing are errors")
  func errors() throws {
    #expect(throws: ModelError.noExamples) { try Self.brightness.evaluate(on: dataset([(1, 0)]).subset([])) }
    #expect(throws: ModelError.classMismatch(model: ["dark", "bright"], data: ["bright", "dark"])) {
      try Self.brightness.evaluate(on: dataset([(1, 0)], classNames: ["bright", "dark"]))
    }
    let other = try Dataset(
      features: [[1, 2, 3]], examples: [Example(file: "x", label: 0)], classNames: ["dark", "bright"],
      preprocessing: Preprocessing(imageSize: 1))
    #expect(throws: ModelError.self) { try Self.brightness.evaluate(on: other) }
  }

  @Test("an evaluation and a prediction of the same file agree to the last bit")
  func sameBits() throws {
    let folder = try TemporaryFolder()
    try folder.addImages([("a", 20), ("b", 20)], side: 37)
    let classifier = randomClassifier(seed: 9, imageSize: 16)
    let dataset = try Dataset(
      DataSource(folder.path, classes: .only(["a", "b"])), preprocessing: classifier.preprocessing)
    let renamed = Classifier(
      network: classifier.network, classNames: ["a", "b"], preprocessing: classifier.preprocessing,
      record: classifier.record)
    for outcome in try renamed.evaluate(on: dataset).outcomes {
      #expect(try renamed.predict(file: outcome.example.file).logits == outcome.prediction.logits)
    }
  }
}
