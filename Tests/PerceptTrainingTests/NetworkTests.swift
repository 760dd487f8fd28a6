import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

/// Random images of `features` gray pixels of several classes.
func randomDataset(examples: Int, features: Int, classes: Int, seed: UInt64) throws -> Dataset {
  var generator = SeededGenerator(seed: seed)
  return try Dataset(
    features: (0..<examples).map { _ in (0..<features).map { _ in UInt8.random(in: 0...255, using: &generator) } },
    examples: (0..<examples).map {
      Example(file: "\($0)", label: $0 < classes ? $0 : Int.random(in: 0..<classes, using: &generator))
    },
    classNames: (0..<classes).map { "class \($0)" },
    preprocessing: Preprocessing(size: ImageSize(width: features, height: 1), color: .gray))
}

/// A kind of network and of cost.
struct Variant: Sendable, CustomTestStringConvertible {
  var hidden: [Int] = []
  var classes = 2
  var activation = Activation.relu
  var configuration = TrainingConfiguration()

  var testDescription: String { "\(hidden) \(classes) \(activation) \(configuration.changes())" }

  /// Every activation, depth, number of classes and part of the cost.
  static let all = [
    Variant(), Variant(classes: 3), Variant(hidden: [4]), Variant(hidden: [5, 3], activation: .tanh),
    Variant(hidden: [4], classes: 4, activation: .sigmoid),
    Variant(hidden: [3, 2, 3], classes: 3, activation: .leakyReLU),
    Variant(hidden: [4], classes: 3, configuration: .test(l2: 0.3)),
    Variant(configuration: .test(l2: 0.1, classWeights: .given([0.5, 2]), labelSmoothing: 0.2)),
    Variant(hidden: [3], classes: 3, configuration: .test(classWeights: .balanced, labelSmoothing: 0.1)),
    Variant(hidden: [3], classes: 3, configuration: .test(l1: 0.05)),
  ]

  /// A network whose weights and biases are not zero.
  func network(inputs: Int) -> Network {
    var network = Network(
      inputs: inputs, hidden: hidden, classes: classes, activation: activation, initialization: .normal(0.5), seed: 5)
    var generator = SeededGenerator(seed: 9)
    for layer in network.layers.indices {
      for unit in network.layers[layer].bias.indices {
        network.layers[layer].bias[unit] = Double.random(in: -0.3...0.3, using: &generator)
      }
    }
    return network
  }
}

@Suite("Training networks")
struct NetworkTrainingTests {
  func trainer(_ variant: Variant, rate: Double = 1, iterations: Int = 1, form: DescentForm = .automatic) -> Trainer {
    Trainer(
      .test(
        from: variant.configuration, .gradientDescent, learningRate: .fixed(rate), iterations: iterations, form: form))
  }

  /// A reference of the cost, from the functions that predict.
  static func cost(_ network: Network, _ dataset: Dataset, _ configuration: TrainingConfiguration) -> Double {
    let weights = configuration.classWeights.weights(counts: dataset.classCounts)
    let classes = network.classCount
    var total = 0.0
    for (i, example) in dataset.examples.enumerated() {
      let logits = dataset.withFeatures(of: i, network.logits)
      let targets = (0..<classes).map { c in
        (c == example.label ? 1 - configuration.labelSmoothing : 0) + configuration.labelSmoothing / Double(classes)
      }
      let loss =
        classes == 2
        ? configuration.loss.value(logit: logits[0], label: targets[1])
        : configuration.loss.value(logits: logits, targets: targets)
      total += weights[example.label] * loss
    }
    let all = network.layers.flatMap(\.weights.elements)
    return total / Double(dataset.count) + configuration.l2 / 2 * all.reduce(0) { $0 + $1 * $1 }
      + configuration.l1 * all.reduce(0) { $0 + abs($1) }
  }

  @Test("the first cost equals the reference, in both forms", arguments: Variant.all)
  func cost(variant: Variant) throws {
    let dataset = try randomDataset(examples: 300, features: 7, classes: variant.classes, seed: 31)
    let network = variant.network(inputs: 7)
    let expected = Self.cost(network, dataset, variant.configuration)
    for form in variant.configuration.l1 == 0 ? [DescentForm.primal, .dual] : [.primal] {
      let run = try trainer(variant, form: form).fit(network, to: dataset)
      #expect(abs(run.costs[0] - expected) < (form == .primal ? 1e-8 : 1e-12))
    }
  }

  @Test("the gradient of every weight and bias of every layer equals a stencil of the cost", arguments: Variant.all)
  func gradient(variant: Variant) throws {
    let dataset = try randomDataset(examples: 40, features: 6, classes: variant.classes, seed: 32)
    let start = variant.network(inputs: 6)
    for form in variant.configuration.l1 == 0 ? [DescentForm.primal, .dual] : [.primal] {
      let moved = try trainer(variant, form: form).fit(start, to: dataset).classifier.network
      for layer in start.layers.indices {
        for j in start.layers[layer].weights.elements.indices {
          let numerical = stencil(at: start.layers[layer].weights.elements[j]) { value in
            var network = start
            network.layers[layer].weights.elements[j] = value
            return Self.cost(network, dataset, variant.configuration)
          }
          let step = start.layers[layer].weights.elements[j] - moved.layers[layer].weights.elements[j]
          #expect(abs(step - numerical) < 1e-8, "\(form), layer \(layer), weight \(j)")
        }
        for unit in start.layers[layer].bias.indices {
          let numerical = stencil(at: start.layers[layer].bias[unit]) { value in
            var network = start
            network.layers[layer].bias[unit] = value
            return Self.cost(network, dataset, variant.configuration)
          }
          let step = start.layers[layer].bias[unit] - moved.layers[layer].bias[unit]
          #expect(abs(step - numerical) < 1e-8, "\(form), layer \(layer), bias \(unit)")
        }
      }
    }
  }

  @Test(
    "both forms agree, with every rule, on unit, centered and standardized features", arguments: Variant.all,
    [nil, FeatureScaling.standardized])
  func forms(variant: Variant, scaling: FeatureScaling?) throws {
    guard variant.configuration.l1 == 0 else { return }
    let dataset = try randomDataset(examples: 70, features: 30, classes: variant.classes, seed: 33)
    let network = variant.network(inputs: 30)
    // Features are centered where the rate is automatic, unless they are standardized.
    let automatic: [(Optimizer, LearningRate)] =
      variant.hidden.isEmpty ? [(.gradientDescent, .automatic), (.nesterov, .automatic)] : []
    for (optimizer, rate) in [(.gradientDescent, 0.01), (.momentum, 0.005)] + automatic {
      let runs = try [DescentForm.primal, .dual].map { form in
        let configuration = TrainingConfiguration.test(
          from: variant.configuration, optimizer, learningRate: rate, iterations: 80, scaling: scaling, form: form)
        return try Trainer(configuration).fit(network, to: dataset)
      }
      for (a, b) in zip(runs[0].costs, runs[1].costs) { #expect(abs(a - b) <= 1e-9 * b) }
      // On raw pixels the finished network has the final cost of the training.
      if variant.configuration.l2 == 0 {
        let more = try Trainer(.test(from: variant.configuration, .gradientDescent, learningRate: 1e-9, iterations: 1))
          .fit(runs[1].classifier.network, to: dataset)
        #expect(more.costs[0] <= runs[1].costs[79] * 1.001)
      }
      for (a, b) in zip(runs[0].classifier.network.layers, runs[1].classifier.network.layers) {
        #expect(zip(a.weights.elements, b.weights.elements).allSatisfy { abs($0 - $1) < 1e-7 })
        #expect(zip(a.bias, b.bias).allSatisfy { abs($0 - $1) < 1e-7 })
      }
    }
  }

  @Test("standardized features have mean 0 and deviation 1 in the training")
  func standardized() throws {
    let dataset = try randomDataset(examples: 30, features: 5, seed: 34)
    let configuration = TrainingConfiguration.test(
      .gradientDescent, learningRate: 0.3, iterations: 50, scaling: .standardized)
    let run = try Trainer(configuration).fit(.neuron(inputs: 5), to: dataset)
    let x: [[Double]] = (0..<30).map { i in dataset.withFeatures(of: i) { pixels in pixels.map { Double($0) } } }
    let mean: [Double] = (0..<5).map { j in x.map { $0[j] }.reduce(0, +) / 30 }
    let deviation: [Double] = (0..<5).map { j in
      let squares = x.map { row in (row[j] - mean[j]) * (row[j] - mean[j]) }
      return (squares.reduce(0, +) / 30).squareRoot()
    }
    var (weights, bias, costs) = (Array(repeating: 0.0, count: 5), 0.0, [Double]())
    for _ in 0..<50 {
      var (gradient, error, cost) = (Array(repeating: 0.0, count: 5), 0.0, 0.0)
      for i in 0..<30 {
        let scaled = (0..<5).map { (x[i][$0] - mean[$0]) / deviation[$0] }
        let z = zip(weights, scaled).reduce(bias) { $0 + $1.0 * $1.1 }
        let y = Double(dataset.examples[i].label)
        cost += Loss.crossEntropy.value(logit: z, label: y) / 30
        let e = (sigmoid(z) - y) / 30
        error += e
        for j in 0..<5 { gradient[j] += e * scaled[j] }
      }
      costs.append(cost)
      for j in 0..<5 { weights[j] -= 0.3 * gradient[j] }
      bias -= 0.3 * error
    }
    #expect(zip(run.costs, costs).allSatisfy { abs($0 - $1) < 1e-9 })
    let probability = { (i: Int) in
      let scaled = (0..<5).map { (x[i][$0] - mean[$0]) / deviation[$0] }
      return sigmoid(zip(weights, scaled).reduce(bias) { $0 + $1.0 * $1.1 })
    }
    for i in 0..<30 {
      #expect(abs(dataset.withFeatures(of: i, run.classifier.predict).probabilities[1] - probability(i)) < 1e-9)
    }
  }

  @Test("on a large dataset of several classes both forms agree", arguments: [[], [3]])
  func large(hidden: [Int]) throws {
    let variant = Variant(hidden: hidden, classes: 3)
    let preprocessing = Preprocessing(size: ImageSize(width: 3000, height: 1), color: .gray)
    var generator = SeededGenerator(seed: 35)
    let patterns = (0..<40).map { _ in (0..<3000).map { _ in UInt8.random(in: 0...255, using: &generator) } }
    let dataset = try Dataset(
      features: (0..<5602).map { patterns[$0 % 40] }, examples: (0..<5602).map { Example(file: "x", label: $0 % 3) },
      classNames: ["a", "b", "c"], preprocessing: preprocessing)
    let network = Network(inputs: 3000, hidden: hidden, classes: 3, initialization: .normal(0.01), seed: 1)
    let primal = try trainer(variant, rate: 0.001, iterations: 4, form: .primal).fit(network, to: dataset)
    let dual = try trainer(variant, rate: 0.001, iterations: 4, form: .dual).fit(network, to: dataset)
    for (a, b) in zip(primal.costs, dual.costs) { #expect(abs(a - b) <= 1e-8 * b) }
  }

  @Test("options that do not fit the network or the data are refused")
  func errors() throws {
    let dataset = try randomDataset(examples: 10, features: 5, classes: 3, seed: 36)
    let network = Network(inputs: 5, hidden: [2], classes: 3)
    #expect(throws: TrainingError.classMismatch(network: 2, data: dataset.classNames)) {
      try Trainer().fit(.neuron(inputs: 5), to: dataset)
    }
    #expect(throws: TrainingError.noAutomaticRate("gradient descent")) { try Trainer().fit(network, to: dataset) }
    #expect(throws: ConfigurationError("l1", "cannot be combined with the dual form; use the form auto")) {
      try trainer(Variant(configuration: .test(l1: 1)), form: .dual).fit(network, to: dataset)
    }
    for weights in [[1.0, 2], [1, 2, 0]] {
      #expect(throws: TrainingError.invalidClassWeights(weights, classes: dataset.classNames)) {
        try trainer(Variant(configuration: .test(classWeights: .given(weights)))).fit(network, to: dataset)
      }
    }
    #expect(throws: ConfigurationError("labelSmoothing", "must be ≥ 0 and < 1 (got 1.0)")) {
      try trainer(Variant(configuration: .test(labelSmoothing: 1))).fit(network, to: dataset)
    }
    #expect(throws: ConfigurationError("l1", "must be ≥ 0 (got -1.0)")) {
      try trainer(Variant(configuration: .test(l1: -1))).fit(network, to: dataset)
    }
  }
}
