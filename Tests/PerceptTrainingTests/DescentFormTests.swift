import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Forms of gradient descent")
struct DescentFormTests {
  func run(_ form: DescentForm, _ dataset: Dataset, rate: LearningRate, iterations: Int, from network: Network? = nil)
    throws -> TrainingRun
  {
    try Trainer(.test(.gradientDescent, learningRate: rate, iterations: iterations, form: form))
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
    "both forms give the same costs, weights and stable rate, from zero and other weights, raw and centered",
    arguments: [(2, 3), (17, 200), (60, 50), (333, 20)], [LearningRate.fixed(0.02), .automatic])
  func agree(shape: (examples: Int, features: Int), rate: LearningRate) throws {
    let dataset = try randomDataset(examples: shape.examples, features: shape.features, seed: 21)
    for network in [nil, started(shape.features)] {
      let primal = try run(.primal, dataset, rate: rate, iterations: 200, from: network)
      let dual = try run(.dual, dataset, rate: rate, iterations: 200, from: network)
      for (a, b) in zip(primal.costs, dual.costs) { #expect(abs(a - b) <= 1e-6 * b) }
      let stable = try #require(dual.stableLearningRate)
      #expect(abs(try #require(primal.stableLearningRate) - stable) <= 1e-5 * stable)
      let (a, b) = (primal.classifier.network.layers[0], dual.classifier.network.layers[0])
      for (x, y) in zip(a.weights.elements, b.weights.elements) { #expect(abs(x - y) < 1e-5) }
      #expect(abs(a.bias[0] - b.bias[0]) < 1e-4)
    }
  }

  @Test(
    "both forms match a reference of momentum, Nesterov and L2 penalty, from zero and other weights",
    arguments: [
      TrainingConfiguration.test(.gradientDescent, learningRate: 0.02), .test(.momentum, learningRate: 0.01),
      .test(.nesterov, learningRate: 0.01, momentum: 0.8), .test(.momentum), .test(.nesterov),
    ], [0, 0.3])
  func rules(base: TrainingConfiguration, l2: Double) throws {
    let dataset = try randomDataset(examples: 30, features: 40, seed: 23)
    for network in [.neuron(inputs: 40), started(40)] {
      let runs = try [DescentForm.primal, .dual].map { form in
        try Trainer(.test(from: base, iterations: 150, l2: l2, form: form)).fit(network, to: dataset)
      }
      let reference = Reference(
        dataset, .test(from: base, iterations: 150, l2: l2), learningRate: runs[0].learningRate, from: network)
      // The primal form rounds to 2⁻³⁰.
      for (run, tolerance) in zip(runs, [1e-7, 1e-10]) {
        for (cost, expected) in zip(run.costs, reference.costs) {
          #expect(abs(cost - expected) <= tolerance * expected)
        }
        let layer = run.classifier.network.layers[0]
        for (weight, expected) in zip(layer.weights.elements, reference.weights) {
          #expect(abs(weight - expected) < tolerance)
        }
        #expect(abs(layer.bias[0] - reference.rawBias) < 10 * tolerance)
        #expect(run.classifier.record.configuration.l2 == l2)
        #expect(run.classifier.record.configuration.effectiveMomentum == base.effectiveMomentum)
      }
    }
  }

  @Test(
    "costs fall just below the largest stable rate and rise just above it",
    arguments: [
      TrainingConfiguration.test(.gradientDescent), .test(.momentum, momentum: 0.7), .test(.nesterov, momentum: 0.7),
    ])
  func stable(base: TrainingConfiguration) throws {
    // With so strong a penalty the cost is nearly a paraboloid of curvature λ; the examples have little effect.
    let dataset = try randomDataset(examples: 4, features: 3, seed: 24)
    func run(_ learningRate: LearningRate, iterations: Int) throws -> TrainingRun {
      try Trainer(.test(from: base, learningRate: learningRate, iterations: iterations, l2: 1e6))
        .fit(started(3), to: dataset)
    }
    func last(_ factor: Double) throws -> (first: Double, last: Double) {
      let limit = try #require(try run(1, iterations: 0).stableLearningRate)
      let costs = try run(.fixed(limit * factor), iterations: 199).costs
      return (costs[0], costs[198])
    }
    let below = try last(0.97)
    let above = try last(1.03)
    #expect(below.last < below.first / 100)
    #expect(above.last > above.first * 100)
  }

  @Test(
    "on the article's photos both forms agree to 1e-6 over 2,000 iterations, and predict the same",
    .enabled(if: SharedData.isPresent, "the test photos are missing"))
  func article() throws {
    let photos = try Dataset(
      DataSource(SharedData.path("celeb100"), classes: .only(["male", "female"])),
      preprocessing: Preprocessing(imageSize: 64))
    let training = try #require(photos.subset(.training))
    let test = try #require(photos.subset(.test))
    let primal = try run(.primal, training, rate: 0.005, iterations: 2000)
    let dual = try run(.dual, training, rate: 0.005, iterations: 2000)
    for (a, b) in zip(primal.costs, dual.costs) { #expect(abs(a - b) <= 1e-6 * b) }
    let answers = try [primal, dual].map { try $0.classifier.evaluate(on: test).outcomes.map(\.prediction.label) }
    #expect(answers[0] == answers[1])
  }

  @Test("on large datasets both forms agree")
  func large() throws {
    // 16 million pixels: 5,602 x 3,000.
    let preprocessing = Preprocessing(size: ImageSize(width: 3000, height: 1), color: .gray)
    var generator = SeededGenerator(seed: 22)
    let patterns = (0..<40).map { _ in (0..<3000).map { _ in UInt8.random(in: 0...255, using: &generator) } }
    let dataset = try Dataset(
      features: (0..<5602).map { patterns[$0 % 40] }, examples: (0..<5602).map { Example(file: "x", label: $0 % 2) },
      classNames: ["a", "b"], preprocessing: preprocessing)
    let primal = try run(.primal, dataset, rate: 0.001, iterations: 5)
    let dual = try run(.dual, dataset, rate: 0.001, iterations: 5)
    for (a, b) in zip(primal.costs, dual.costs) { #expect(abs(a - b) <= 1e-8 * b) }
  }

  @Test(
    "the cheaper form is chosen from the shapes",
    arguments: [
      (80, 12_288, 1000, DescentForm.dual), (209, 12_288, 2000, .dual), (12_000, 784, 300, .primal),
      (60_000, 784, 1000, .primal), (3000, 12_288, 10, .primal),
    ])
  func choice(examples: Int, features: Int, iterations: Int, expected: DescentForm) {
    #expect(DescentForm.automatic.resolved(examples: examples, features: features, iterations: iterations) == expected)
    #expect(DescentForm.primal.resolved(examples: examples, features: features, iterations: iterations) == .primal)
  }
}
