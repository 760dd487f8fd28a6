import Classification
import Datasets
import Images
import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing
import Training

@Suite("Forms of gradient descent")
struct DescentFormTests {
  func run(_ form: DescentForm, _ dataset: Dataset, rate: LearningRate, iterations: Int, from network: Network? = nil)
    throws
    -> TrainingRun
  {
    try Trainer(with: .gradientDescent(learningRate: rate), iterations: iterations, form: form)
      .fit(network ?? .neuron(inputs: dataset.featureCount), to: dataset)
  }

  /// A network whose weights and bias are not zero.
  func started(_ inputs: Int) -> Network {
    var generator = SeededGenerator(seed: 7)
    var network = Network.neuron(inputs: inputs)
    for j in 0..<inputs { network.layers[0].weights.elements[j] = Double.random(in: -0.5...0.5, using: &generator) }
    network.layers[0].bias = [0.7]
    return network
  }

  @Test(
    "both give the same costs, weights and stable rate, from zero and from other weights, raw and centred",
    arguments: [(2, 3), (17, 200), (60, 50), (333, 20)], [LearningRate.fixed(0.02), .automatic])
  func agree(shape: (examples: Int, features: Int), rate: LearningRate) throws {
    let dataset = try randomDataset(examples: shape.examples, features: shape.features, seed: 21)
    for network in [nil, started(shape.features)] {
      let primal = try run(.primal, dataset, rate: rate, iterations: 200, from: network)
      let dual = try run(.dual, dataset, rate: rate, iterations: 200, from: network)
      for (a, b) in zip(primal.costs, dual.costs) { #expect(abs(a - b) <= 1e-6 * b) }
      #expect(abs(primal.stableLearningRate - dual.stableLearningRate) <= 1e-5 * dual.stableLearningRate)
      let (a, b) = (primal.classifier.network.layers[0], dual.classifier.network.layers[0])
      for (x, y) in zip(a.weights.elements, b.weights.elements) { #expect(abs(x - y) < 1e-5) }
      #expect(abs(a.bias[0] - b.bias[0]) < 1e-4)
    }
  }

  @Test(
    "on the article's photos both agree to 1e-6 over 2,000 iterations, and predict the same",
    .enabled(if: SharedData.isPresent, "the test photos are not here"))
  func article() throws {
    let photos = try Dataset(
      DataSource(SharedData.path("celeb100"), classes: .only(["male", "female"])),
      preprocessing: Preprocessing(imageSize: 64))
    let training = try #require(photos.part(.training))
    let test = try #require(photos.part(.test))
    let primal = try run(.primal, training, rate: 0.005, iterations: 2000)
    let dual = try run(.dual, training, rate: 0.005, iterations: 2000)
    for (a, b) in zip(primal.costs, dual.costs) { #expect(abs(a - b) <= 1e-6 * b) }
    let answers = try [primal, dual].map { try $0.classifier.evaluate(on: test).outcomes.map(\.prediction.label) }
    #expect(answers[0] == answers[1])
  }

  @Test("large sets, in Float32, follow the exact costs")
  func single() throws {
    // Just above 16 million pixels: 5,600 x 3,000.
    let preprocessing = Preprocessing(size: ImageSize(width: 3000, height: 1), color: .gray)
    var generator = SeededGenerator(seed: 22)
    let patterns = (0..<40).map { _ in (0..<3000).map { _ in UInt8.random(in: 0...255, using: &generator) } }
    let dataset = try Dataset(
      features: (0..<5602).map { patterns[$0 % 40] }, examples: (0..<5602).map { Example(file: "x", label: $0 % 2) },
      classNames: ["a", "b"], preprocessing: preprocessing)
    // Forty pictures, each 140 times but for two that stand once more: the small set has the same costs to 1 in 5,600.
    let primal = try run(.primal, dataset, rate: 0.001, iterations: 5)
    let dual = try run(.dual, dataset, rate: 0.001, iterations: 5)
    for (a, b) in zip(primal.costs, dual.costs) { #expect(abs(a - b) <= 1e-5 * b) }
  }

  @Test(
    "the cheaper form is chosen from the shapes alone",
    arguments: [
      (80, 12_288, 1000, DescentForm.dual), (209, 12_288, 2000, .dual), (12_000, 784, 300, .primal),
      (60_000, 784, 1000, .primal), (80, 12_288, 1, .primal), (3000, 12_288, 10, .primal),
    ])
  func choice(examples: Int, features: Int, iterations: Int, expected: DescentForm) {
    #expect(DescentForm.automatic.resolved(examples: examples, features: features, iterations: iterations) == expected)
    #expect(DescentForm.primal.resolved(examples: examples, features: features, iterations: iterations) == .primal)
  }
}
