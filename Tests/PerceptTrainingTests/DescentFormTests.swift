import PerceptDatasets
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

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
      let stable = try #require(dual.stableLearningRate)
      #expect(abs(try #require(primal.stableLearningRate) - stable) <= 1e-5 * stable)
      let (a, b) = (primal.classifier.network.layers[0], dual.classifier.network.layers[0])
      for (x, y) in zip(a.weights.elements, b.weights.elements) { #expect(abs(x - y) < 1e-5) }
      #expect(abs(a.bias[0] - b.bias[0]) < 1e-4)
    }
  }

  @Test(
    "both follow momentum, Nesterov and a penalty on weights as written out, from other weights too",
    arguments: [
      Optimizer.gradientDescent(learningRate: 0.02), .momentum(learningRate: 0.01), .nesterov(0.8, learningRate: 0.01),
      .momentum(), .nesterov(),
    ], [0, 0.3])
  func rules(optimizer: Optimizer, l2: Double) throws {
    let dataset = try randomDataset(examples: 30, features: 40, seed: 23)
    for network in [.neuron(inputs: 40), started(40)] {
      let runs = try [DescentForm.primal, .dual].map { form in
        try Trainer(minimizing: Objective(.crossEntropy, l2: l2), with: optimizer, iterations: 150, form: form)
          .fit(network, to: dataset)
      }
      let reference = Reference(
        dataset, optimizer: optimizer, learningRate: runs[0].learningRate, l2: l2, iterations: 150, from: network)
      for run in runs {
        for (cost, expected) in zip(run.costs, reference.costs) { #expect(abs(cost - expected) <= 1e-10 * expected) }
        let layer = run.classifier.network.layers[0]
        for (weight, expected) in zip(layer.weights.elements, reference.weights) {
          #expect(abs(weight - expected) < 1e-10)
        }
        #expect(abs(layer.bias[0] - reference.rawBias) < 1e-9)
        #expect(run.classifier.record.settings.l2 == (l2 == 0 ? nil : l2))
        #expect(run.classifier.record.settings.momentum == optimizer.momentum)
      }
    }
  }

  @Test(
    "the largest stable rate is where a valley of the known curvature stops being followed",
    arguments: [
      Optimizer.gradientDescent(learningRate: 1), .momentum(0.7, learningRate: 1), .nesterov(0.7, learningRate: 1),
    ])
  func stable(optimizer: Optimizer) throws {
    // With so strong a penalty the cost is a bowl of curvature λ: examples hardly matter.
    let dataset = try randomDataset(examples: 4, features: 3, seed: 24)
    func last(_ factor: Double) throws -> (first: Double, last: Double) {
      let limit = try #require(
        try Trainer(minimizing: Objective(.crossEntropy, l2: 1e6), with: optimizer, iterations: 0)
          .fit(started(3), to: dataset).stableLearningRate)
      let rate = LearningRate.fixed(limit * factor)
      let tried: Optimizer =
        switch optimizer {
        case .gradientDescent: .gradientDescent(learningRate: rate)
        case .momentum(let beta, _): .momentum(beta, learningRate: rate)
        case .nesterov(let beta, _): .nesterov(beta, learningRate: rate)
        case .adam, .adamW, .lbfgs: optimizer
        }
      let costs = try Trainer(minimizing: Objective(.crossEntropy, l2: 1e6), with: tried, iterations: 199)
        .fit(started(3), to: dataset).costs
      return (costs[0], costs[198])
    }
    let below = try last(0.97)
    let above = try last(1.03)
    #expect(below.last < below.first / 100)
    #expect(above.last > above.first * 100)
  }

  @Test(
    "on the article's photos both agree to 1e-6 over 2,000 iterations, and predict the same",
    .enabled(if: SharedData.isPresent, "the test photos are not here"))
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
      (60_000, 784, 1000, .primal), (3000, 12_288, 10, .primal),
    ])
  func choice(examples: Int, features: Int, iterations: Int, expected: DescentForm) {
    #expect(DescentForm.automatic.resolved(examples: examples, features: features, iterations: iterations) == expected)
    #expect(DescentForm.primal.resolved(examples: examples, features: features, iterations: iterations) == .primal)
  }
}
