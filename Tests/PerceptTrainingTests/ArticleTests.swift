import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("The article's run", .enabled(if: SharedData.isPresent, "the test photos are missing"))
struct ArticleTests {
  static let costs = [
    0.693147, 0.330082, 0.210688, 0.160985, 0.129483, 0.107862, 0.092179, 0.080326, 0.071078, 0.063676,
  ]

  @Test("gives the reference's cost table to six decimals, its accuracies and its seven misclassified photos")
  func run() throws {
    let source = try DataSource(SharedData.path("celeb100"), classes: .only(["male", "female"]))
    let photos = try Dataset(source, preprocessing: Preprocessing(imageSize: 64))
    let training = try #require(photos.subset(.training))
    let test = try #require(photos.subset(.test))
    let run = try Trainer(.test(.gradientDescent, learningRate: 0.005, iterations: 1000))
      .fit(.neuron(inputs: photos.featureCount), to: training)
    for (index, expected) in Self.costs.enumerated() { #expect(abs(run.costs[100 * index] - expected) <= 0.5e-6) }
    #expect(try run.classifier.evaluate(on: training).score.correct == 80)
    let evaluation = try run.classifier.evaluate(on: test)
    #expect(evaluation.score == Score(correct: 13, count: 20, majorityClass: "female", majorityCount: 16))
    let names = evaluation.misclassified.compactMap { $0.example.file.split(separator: "/").last }.sorted()
    #expect(names == ["000082", "000086", "000087", "000091", "000094", "000095", "000100"].map { $0 + ".jpg" })
    #expect(abs(try #require(run.stableLearningRate) - 0.002883) <= 0.5e-6)
    let layer = run.classifier.network.layers[0]
    #expect(abs((layer.weights.elements.min() ?? 0) - -0.072579) <= 0.5e-6)
    #expect(abs((layer.weights.elements.max() ?? 0) - 0.047641) <= 0.5e-6)
    #expect(abs(layer.weights.elements.reduce(0) { $0 + $1 * $1 }.squareRoot() - 1.351111) <= 0.5e-6)
    #expect(abs(layer.bias[0] - -0.01816567) <= 0.5e-8)
    let rises = (1..<1000).filter { run.costs[$0] > run.costs[$0 - 1] }
    #expect(rises.count == 27 && rises.last == 51)
  }
}
