import PerceptDatasets
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

/// Random pictures of `features` gray pixels, about half of them of class 1.
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

/// The article's program, written out: no kernels, no blocks, probabilities instead of logits.
struct Reference {
  var weights: [Double]
  /// The bias on pixels from which `mean` is subtracted.
  var bias: Double
  let mean: [Double]
  var costs: [Double] = []

  /// Under an automatic rate, on centred pixels.
  init(
    _ dataset: Dataset, optimizer: Optimizer = .gradientDescent(learningRate: 1), learningRate: Double, l2: Double = 0,
    iterations: Int, from network: Network? = nil
  ) {
    let mean =
      optimizer.learningRate == .automatic
      ? Self.mean(dataset) : Array(repeating: 0, count: dataset.featureCount)
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
    for _ in 0..<iterations {
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
        switch optimizer {
        case .gradientDescent, .adam, .adamW, .lbfgs: break
        case .momentum(let beta, _):
          velocity[j] = beta * velocity[j] + gradient[j]
          step = velocity[j]
        case .nesterov(let beta, _):
          velocity[j] = beta * velocity[j] + gradient[j]
          step = gradient[j] + beta * velocity[j]
        }
        if j < weights.count { weights[j] -= learningRate * step } else { bias -= learningRate * step }
      }
    }
    (self.weights, self.bias) = (weights, bias)
  }

  /// The bias on pixels as they are.
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
    "costs and weights are those of the article's program written out",
    arguments: [(2, 1), (5, 3), (40, 20), (100, 33), (700, 7)], [0.001, 0.05, 1])
  func reference(shape: (examples: Int, features: Int), rate: Double) throws {
    let dataset = try randomDataset(examples: shape.examples, features: shape.features, seed: 11)
    let run = try Trainer(with: .gradientDescent(learningRate: .fixed(rate)), iterations: 60).fit(
      neuron(dataset), to: dataset)
    let reference = Reference(dataset, learningRate: rate, iterations: 60)
    for (cost, expected) in zip(run.costs, reference.costs) { #expect(abs(cost - expected) <= 1e-11 * expected) }
    #expect(run.costs.count == 60)
    let layer = run.classifier.network.layers[0]
    for (weight, expected) in zip(layer.weights.elements, reference.weights) { #expect(abs(weight - expected) < 1e-11) }
    #expect(abs(layer.bias[0] - reference.bias) < 1e-11)
  }

  @Test("automatic: the article's program on centred pictures at 1/L, the mean folded into the bias")
  func automatic() throws {
    let dataset = try randomDataset(examples: 40, features: 20, seed: 12)
    let run = try Trainer(iterations: 50).fit(neuron(dataset), to: dataset)
    let reference = Reference(
      dataset, optimizer: .gradientDescent(), learningRate: run.learningRate, iterations: 50)
    for (cost, expected) in zip(run.costs, reference.costs) { #expect(abs(cost - expected) <= 1e-11 * expected) }
    let layer = run.classifier.network.layers[0]
    for (weight, expected) in zip(layer.weights.elements, reference.weights) { #expect(abs(weight - expected) < 1e-11) }
    #expect(abs(layer.bias[0] - reference.rawBias) < 1e-11)
    #expect(try run.learningRate == #require(run.stableLearningRate) / 2)
    #expect(zip(run.costs, run.costs.dropFirst()).allSatisfy { $1 <= $0 })
  }

  @Test("the gradient of every weight and of the bias agrees with a five-point stencil of the cost")
  func gradient() throws {
    let dataset = try randomDataset(examples: 35, features: 6, seed: 13)
    var generator = SeededGenerator(seed: 13)
    var start = neuron(dataset)
    for j in 0..<6 { start.layers[0].weights.elements[j] = Double.random(in: -1...1, using: &generator) }
    start.layers[0].bias = [0.3]
    func cost(_ change: (inout Network) -> Void) throws -> Double {
      var network = start
      change(&network)
      return try Trainer(with: .gradientDescent(learningRate: 0.01), iterations: 1).fit(network, to: dataset).costs[0]
    }
    let moved = try Trainer(with: .gradientDescent(learningRate: 1), iterations: 1).fit(start, to: dataset).classifier
      .network
    for j in 0..<6 {
      let numerical = try stencil(at: start.layers[0].weights.elements[j]) { value in
        try cost { $0.layers[0].weights.elements[j] = value }
      }
      #expect(abs(start.layers[0].weights.elements[j] - moved.layers[0].weights.elements[j] - numerical) < 1e-10)
    }
    let numerical = try stencil(at: 0.3) { value in try cost { $0.layers[0].bias = [value] } }
    #expect(abs(0.3 - moved.layers[0].bias[0] - numerical) < 1e-10)
  }

  @Test("the stable rate is 2/L of the Gram matrix with a feature of ones", arguments: [true, false])
  func stable(isAutomatic: Bool) throws {
    let dataset = try randomDataset(examples: 30, features: 12, seed: 14)
    let rate: LearningRate = isAutomatic ? .automatic : 0.1
    let run = try Trainer(with: .gradientDescent(learningRate: rate), iterations: 0).fit(neuron(dataset), to: dataset)
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
    let run = try Trainer(with: .gradientDescent(learningRate: .fixed(rate)), iterations: 300).fit(
      neuron(dataset), to: dataset)
    #expect(run.costs.count == 300)
    #expect(run.costs.allSatisfy { $0.isFinite })
    #expect(try rate > #require(run.stableLearningRate))
  }

  @Test("weights beyond all numbers stop the training with the rate to use")
  func overflow() throws {
    let dataset = try randomDataset(examples: 10, features: 5, seed: 16)
    #expect {
      try Trainer(with: .gradientDescent(learningRate: 1e308), iterations: 100).fit(neuron(dataset), to: dataset)
    } throws: { error in
      if case TrainingError.diverged = error { true } else { false }
    }
  }

  @Test("every iteration is observed before its update, and the observer can stop it")
  func observed() throws {
    struct Stop: Error {}
    let dataset = try randomDataset(examples: 10, features: 5, seed: 17)
    var seen: [Iteration] = []
    let run = try Trainer(iterations: 5).fit(neuron(dataset), to: dataset) { seen.append($0) }
    #expect(seen.map(\.iteration) == [0, 1, 2, 3, 4])
    #expect(seen.map(\.cost) == run.costs)
    #expect(abs(run.costs[0] - 0.6931471805599453) < 1e-15)
    #expect(throws: Stop.self) { try Trainer(iterations: 5).fit(neuron(dataset), to: dataset) { _ in throw Stop() } }
  }

  @Test("any number of iterations may be asked for")
  func endless() throws {
    struct Stop: Error {}
    let dataset = try randomDataset(examples: 4, features: 2, seed: 20)
    #expect(throws: Stop.self) { try Trainer(iterations: .max).fit(neuron(dataset), to: dataset) { _ in throw Stop() } }
  }

  @Test("two runs write the same bytes")
  func repeatable() throws {
    let dataset = try randomDataset(examples: 500, features: 50, seed: 18)
    let bytes = try (0..<3).map { _ in
      try Trainer(iterations: 30).fit(neuron(dataset), to: dataset).classifier.encoded()
    }
    #expect(bytes[0] == bytes[1] && bytes[1] == bytes[2])
  }

  @Test("data and settings that cannot be trained with are errors")
  func errors() throws {
    let dataset = try randomDataset(examples: 10, features: 5, seed: 19)
    #expect(throws: TrainingError.mismatch(inputs: 4, features: 5)) {
      try Trainer().fit(.neuron(inputs: 4), to: dataset)
    }
    for rate in [0, -1, .infinity, .nan] as [Double] {
      #expect(throws: TrainingError.self) {
        try Trainer(with: .gradientDescent(learningRate: .fixed(rate))).fit(neuron(dataset), to: dataset)
      }
    }
    for momentum in [-0.1, 1, .nan] as [Double] {
      #expect(throws: TrainingError.self) {
        try Trainer(with: .momentum(momentum)).fit(neuron(dataset), to: dataset)
      }
    }
    for l2 in [-1, .infinity, .nan] as [Double] {
      #expect(throws: TrainingError.self) {
        try Trainer(minimizing: Objective(.crossEntropy, l2: l2)).fit(neuron(dataset), to: dataset)
      }
    }
    #expect(throws: TrainingError.invalidIterations(-1)) {
      try Trainer(iterations: -1).fit(neuron(dataset), to: dataset)
    }
    let ones = dataset.subset(dataset.examples.indices.filter { dataset.examples[$0].label == 1 })
    #expect(throws: TrainingError.classWithoutExamples("zero")) { try Trainer().fit(neuron(ones), to: ones) }
  }
}
