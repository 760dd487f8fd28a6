import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

/// Random images of `features` gray pixels, about half of them of class 1.
func randomDataset(examples: Int, features: Int, seed: UInt64) throws -> Dataset {
  var generator = SeededGenerator(seed: seed)
  return try Dataset(
    features: (0..<examples).map { _ in (0..<features).map { _ in UInt8.random(in: 0...255, using: &generator) } },
    examples: (0..<examples).map {
      Example(file: "\($0)", label: $0 < 2 ? $0 : Int.random(in: 0...1, using: &generator))
    },
    classNames: ["zero", "one"],
    preprocessing: Preprocessing(size: ImageSize(width: features, height: 1), color: .gray))
}

/// The article's program as a reference: no kernels, no blocks, probabilities instead of logits.
struct Reference {
  var weights: [Double]
  /// The bias for pixels from which `mean` is subtracted.
  var bias: Double
  let mean: [Double]
  var costs: [Double] = []

  /// Trains on unit or centered pixels, with gradient descent, momentum or Nesterov.
  init(
    _ dataset: Dataset, _ configuration: TrainingConfiguration, learningRate: Double, from network: Network? = nil
  ) {
    let (l2, beta) = (configuration.l2, configuration.momentum)
    let mean =
      configuration.scaling == .centered ? Self.mean(dataset) : Array(repeating: 0, count: dataset.featureCount)
    self.mean = mean
    let x = (0..<dataset.count).map { i in
      dataset.withFeatures(of: i) { row in row.enumerated().map { Double($1) / 255 - mean[$0] } }
    }
    let y = dataset.examples.map { Double($0.label) }
    let m = Double(dataset.count)
    let start = network ?? .neuron(inputs: dataset.featureCount)
    var weights = start.layers[0].weights.elements
    var bias = start.layers[0].bias[0] + zip(weights, mean).reduce(0) { $0 + $1.0 * $1.1 }
    var velocity = Array(repeating: 0.0, count: weights.count + 1)
    for _ in 0..<configuration.iterations {
      var gradient = weights.map { l2 * $0 } + [0]
      var cost = l2 / 2 * weights.reduce(0) { $0 + $1 * $1 }
      for i in 0..<dataset.count {
        var z = bias
        for j in weights.indices { z += weights[j] * x[i][j] }
        let a = sigmoid(z)
        cost += -(y[i] * logarithm(a) + (1 - y[i]) * logarithm(1 - a)) / m
        for (j, feature) in (x[i] + [1]).enumerated() { gradient[j] += (a - y[i]) * feature / m }
      }
      costs.append(cost)
      for j in gradient.indices {
        var step = gradient[j]
        switch configuration.optimizer {
        case .gradientDescent, .adam, .adamW, .lbfgs: break
        case .momentum:
          velocity[j] = beta * velocity[j] + gradient[j]
          step = velocity[j]
        case .nesterov:
          velocity[j] = beta * velocity[j] + gradient[j]
          step = gradient[j] + beta * velocity[j]
        }
        if j < weights.count { weights[j] -= learningRate * step } else { bias -= learningRate * step }
      }
    }
    (self.weights, self.bias) = (weights, bias)
  }

  /// The bias for raw pixels.
  var rawBias: Double { bias - zip(weights, mean).reduce(0) { $0 + $1.0 * $1.1 } }

  static func mean(_ dataset: Dataset) -> [Double] {
    var mean = Array(repeating: 0.0, count: dataset.featureCount)
    for i in 0..<dataset.count {
      dataset.withFeatures(of: i) { row in for j in row.indices { mean[j] += Double(row[j]) / 255 } }
    }
    return mean.map { $0 / Double(dataset.count) }
  }
}

@Suite("Trainer")
struct TrainerTests {
  func neuron(_ dataset: Dataset) -> Network { .neuron(inputs: dataset.featureCount) }

  @Test(
    "costs and weights equal those of the article's program",
    arguments: [(2, 1), (5, 3), (40, 20), (100, 33), (700, 7)], [0.001, 0.05, 1])
  func reference(shape: (examples: Int, features: Int), rate: Double) throws {
    let dataset = try randomDataset(examples: shape.examples, features: shape.features, seed: 11)
    let configuration = TrainingConfiguration.test(.gradientDescent, learningRate: .fixed(rate), iterations: 60)
    let run = try Trainer(configuration).fit(neuron(dataset), to: dataset)
    let reference = Reference(dataset, configuration, learningRate: rate)
    for (cost, expected) in zip(run.costs, reference.costs) { #expect(abs(cost - expected) <= 1e-8 * expected) }
    #expect(run.costs.count == 60)
    let layer = run.classifier.network.layers[0]
    for (weight, expected) in zip(layer.weights.elements, reference.weights) { #expect(abs(weight - expected) < 1e-8) }
    #expect(abs(layer.bias[0] - reference.bias) < 1e-8)
  }

  @Test("an automatic rate is the article's program on centered images at 1/L, with the mean folded into the bias")
  func automatic() throws {
    let dataset = try randomDataset(examples: 40, features: 20, seed: 12)
    let run = try Trainer(.test(iterations: 50)).fit(neuron(dataset), to: dataset)
    let reference = Reference(dataset, .test(iterations: 50), learningRate: run.learningRate)
    for (cost, expected) in zip(run.costs, reference.costs) { #expect(abs(cost - expected) <= 1e-8 * expected) }
    let layer = run.classifier.network.layers[0]
    for (weight, expected) in zip(layer.weights.elements, reference.weights) { #expect(abs(weight - expected) < 1e-8) }
    #expect(abs(layer.bias[0] - reference.rawBias) < 1e-8)
    #expect(try run.learningRate == #require(run.stableLearningRate) / 2)
    #expect(zip(run.costs, run.costs.dropFirst()).allSatisfy { $1 <= $0 })
  }

  @Test("the gradient of every weight and of the bias equals a five-point stencil of the cost")
  func gradient() throws {
    let dataset = try randomDataset(examples: 35, features: 6, seed: 13)
    var generator = SeededGenerator(seed: 13)
    var start = neuron(dataset)
    for j in 0..<6 { start.layers[0].weights.elements[j] = Double.random(in: -1...1, using: &generator) }
    start.layers[0].bias = [0.3]
    func cost(_ change: (inout Network) -> Void) throws -> Double {
      var network = start
      change(&network)
      // The dual form has the cost in Float64, which the small steps of a stencil need.
      return try Trainer(.test(.gradientDescent, learningRate: 0.01, iterations: 1, form: .dual))
        .fit(network, to: dataset).costs[0]
    }
    let moved = try Trainer(.test(.gradientDescent, learningRate: 1, iterations: 1, form: .primal))
      .fit(start, to: dataset).classifier.network
    for j in 0..<6 {
      let numerical = try stencil(at: start.layers[0].weights.elements[j]) { value in
        try cost { $0.layers[0].weights.elements[j] = value }
      }
      #expect(abs(start.layers[0].weights.elements[j] - moved.layers[0].weights.elements[j] - numerical) < 1e-8)
    }
    let numerical = try stencil(at: 0.3) { value in try cost { $0.layers[0].bias = [value] } }
    #expect(abs(0.3 - moved.layers[0].bias[0] - numerical) < 1e-8)
  }

  @Test("the stable rate is 2/L of the Gram matrix with a feature of ones", arguments: [true, false])
  func stable(isAutomatic: Bool) throws {
    let dataset = try randomDataset(examples: 30, features: 12, seed: 14)
    let rate: LearningRate = isAutomatic ? .automatic : 0.1
    let run = try Trainer(.test(.gradientDescent, learningRate: rate, iterations: 0)).fit(neuron(dataset), to: dataset)
    let mean = isAutomatic ? Reference.mean(dataset) : Array(repeating: 0, count: 12)
    let x = (0..<30).map { i in
      dataset.withFeatures(of: i) { row in row.enumerated().map { Double($1) / 255 - mean[$0] } + [1] }
    }
    let gram = x.map { a in x.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
    var vector = (0..<30).map { 1 + Double($0 % 3) }
    var eigenvalue = 0.0
    for _ in 0..<5000 {
      let next = gram.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
      eigenvalue = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vector = next.map { $0 / eigenvalue }
    }
    #expect(abs(try #require(run.stableLearningRate) * eigenvalue / (4 * 30) - 2) < 1e-6)
    #expect(run.costs.isEmpty)
  }

  @Test("a learning rate a hundred times too large gives finite costs", arguments: [0.5, 50, 1e6])
  func large(rate: Double) throws {
    let dataset = try randomDataset(examples: 40, features: 200, seed: 15)
    let run = try Trainer(.test(.gradientDescent, learningRate: .fixed(rate), iterations: 300)).fit(
      neuron(dataset), to: dataset)
    #expect(run.costs.count == 300)
    #expect(run.costs.allSatisfy { $0.isFinite })
    #expect(try rate > #require(run.stableLearningRate))
  }

  @Test("weights that overflow end the training with an error")
  func overflow() throws {
    let dataset = try randomDataset(examples: 10, features: 5, seed: 16)
    #expect {
      try Trainer(.test(.gradientDescent, learningRate: 1e308, iterations: 100)).fit(neuron(dataset), to: dataset)
    } throws: { error in
      if case TrainingError.diverged = error { true } else { false }
    }
  }

  @Test("the observer gets the cost before each update, and can end the training by throwing")
  func observed() throws {
    struct Stop: Error {}
    let dataset = try randomDataset(examples: 10, features: 5, seed: 17)
    var seen: [Iteration] = []
    let run = try Trainer(.test(iterations: 5)).fit(neuron(dataset), to: dataset) { seen.append($0) }
    #expect(seen.map(\.iteration) == [0, 1, 2, 3, 4])
    #expect(seen.map(\.cost) == run.costs)
    #expect(abs(run.costs[0] - 0.6931471805599453) < 1e-15)
    #expect(throws: Stop.self) {
      try Trainer(.test(iterations: 5)).fit(neuron(dataset), to: dataset) { _ in throw Stop() }
    }
  }

  @Test("training can be as long as its configuration allows")
  func endless() throws {
    struct Stop: Error {}
    let dataset = try randomDataset(examples: 4, features: 2, seed: 20)
    #expect(throws: Stop.self) {
      try Trainer(.test(iterations: TrainingConfiguration.largestCount)).fit(neuron(dataset), to: dataset) { _ in
        throw Stop()
      }
    }
  }

  @Test("equal trainings write the same bytes")
  func repeatable() throws {
    let dataset = try randomDataset(examples: 500, features: 50, seed: 18)
    let bytes = try (0..<3).map { _ in
      try Trainer(.test(iterations: 30)).fit(neuron(dataset), to: dataset).classifier.encoded()
    }
    #expect(bytes[0] == bytes[1] && bytes[1] == bytes[2])
  }

  @Test("data and options that are not valid are refused")
  func errors() throws {
    let dataset = try randomDataset(examples: 10, features: 5, seed: 19)
    #expect(throws: TrainingError.mismatch(inputs: 4, features: 5)) {
      try Trainer().fit(.neuron(inputs: 4), to: dataset)
    }
    func expect(_ option: String, _ problem: String, _ configuration: TrainingConfiguration) {
      #expect(throws: ConfigurationError(option, problem)) {
        try Trainer(configuration).fit(neuron(dataset), to: dataset)
      }
    }
    for rate in [0, -1, .infinity, .nan] as [Double] {
      expect("learningRate", "must be > 0 (got \(rate))", .test(.gradientDescent, learningRate: .fixed(rate)))
    }
    for momentum in [-0.1, 1, .nan] as [Double] {
      expect("momentum", "must be ≥ 0 and < 1 (got \(momentum))", .test(.momentum, momentum: momentum))
    }
    for l2 in [-1, .infinity, .nan] as [Double] {
      expect("l2", "must be ≥ 0 (got \(l2))", .test(l2: l2))
    }
    expect("iterations", "must be ≥ 0 (got -1)", .test(iterations: -1))
    let ones = dataset.subset(dataset.examples.indices.filter { dataset.examples[$0].label == 1 })
    #expect(throws: TrainingError.classWithoutExamples("zero")) { try Trainer().fit(neuron(ones), to: ones) }
  }
}
