import PerceptDatasets
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Training in batches")
struct BatchTests {
  @Test(
    "one batch of all examples, in Float32, follows full-batch training", arguments: Variant.all,
    FeatureScaling.allCases)
  func fullBatch(variant: Variant, scaling: FeatureScaling) throws {
    let dataset = try randomDataset(examples: 60, features: 20, classes: variant.classes, seed: 41)
    let network = variant.network(inputs: 20)
    for (optimizer, rate) in [(Optimizer.gradientDescent, 0.01), (.momentum, 0.005), (.nesterov, 0.005)] {
      let runs = try [nil, 60].map { size in
        let configuration = TrainingConfiguration.test(
          from: variant.configuration, optimizer, learningRate: .fixed(rate), iterations: 40, scaling: scaling,
          batchSize: size)
        return try Trainer(configuration).fit(network, to: dataset)
      }
      #expect(runs[1].costs.count == 40)
      for (cost, expected) in zip(runs[1].costs, runs[0].costs) { #expect(abs(cost - expected) <= 2e-5 * expected) }
      for (layer, expected) in zip(runs[1].classifier.network.layers, runs[0].classifier.network.layers) {
        #expect(zip(layer.weights.elements, expected.weights.elements).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(zip(layer.bias, expected.bias).allSatisfy { abs($0 - $1) < 1e-4 })
      }
    }
  }

  @Test("Adam and AdamW follow the formulas of their papers", arguments: [false, true], [0, 0.1])
  func adam(isDecoupled: Bool, l2: Double) throws {
    let dataset = try randomDataset(examples: 12, features: 5, classes: 2, seed: 42)
    let run = try Trainer(.test(isDecoupled ? .adamW : .adam, learningRate: 0.01, iterations: 30, l2: l2))
      .fit(.neuron(inputs: 5), to: dataset)
    var (weights, first, second) = (
      [Double](repeating: 0, count: 6), [Double](repeating: 0, count: 6), [Double](repeating: 0, count: 6)
    )
    for step in 1...30 {
      var gradient = (0..<6).map { $0 < 5 && !isDecoupled ? l2 * weights[$0] : 0 }
      for i in 0..<12 {
        let x = dataset.withFeatures(of: i) { $0.map { Double($0) / 255 } } + [1]
        let error = (sigmoid(zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 }) - Double(dataset.examples[i].label)) / 12
        for j in 0..<6 { gradient[j] += error * x[j] }
      }
      for j in 0..<6 {
        first[j] = 0.9 * first[j] + 0.1 * gradient[j]
        second[j] = 0.999 * second[j] + 0.001 * gradient[j] * gradient[j]
        let (m, v) = (first[j] / (1 - power(0.9, step)), second[j] / (1 - power(0.999, step)))
        let decay = isDecoupled && j < 5 ? l2 * weights[j] : 0
        weights[j] -= 0.01 * (m / (v.squareRoot() + 1e-8) + decay)
      }
    }
    let layer = run.classifier.network.layers[0]
    for j in 0..<5 { #expect(abs(layer.weights.elements[j] - weights[j]) < 1e-5) }
    #expect(abs(layer.bias[0] - weights[5]) < 1e-5)
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { result, _ in result * base }
  }

  @Test("an epoch uses every example once, with a smaller last batch, in an order that depends on the seed")
  func epochs() throws {
    let dataset = try randomDataset(examples: 50, features: 6, classes: 3, seed: 43)
    let network = Network(inputs: 6, hidden: [4], classes: 3, seed: 1)
    func costs(seed: UInt64, rate: Double) throws -> (epochs: [Double], batches: [Double]) {
      var batches: [Double] = []
      let iterations = Trainer.iterations(epochs: 3, examples: 50, batchSize: 16)
      #expect(iterations == 12)
      let configuration = TrainingConfiguration.test(
        .gradientDescent, learningRate: .fixed(rate), iterations: iterations, batchSize: 16, seed: seed)
      let run = try Trainer(configuration).fit(network, to: dataset) { batches.append($0.cost) }
      return (run.costs, batches)
    }
    // With a tiny learning rate the mean cost of an epoch is the cost of all examples, in any order.
    let (still, batches) = try costs(seed: 1, rate: 1e-12)
    let all = NetworkTrainingTests.cost(network, dataset, TrainingConfiguration())
    #expect(still.count == 3 && batches.count == 12)
    #expect(still.allSatisfy { abs($0 - all) < 1e-6 })
    #expect(Set(batches).count > 6)
    #expect(try costs(seed: 1, rate: 0.1).batches == costs(seed: 1, rate: 0.1).batches)
    #expect(try costs(seed: 1, rate: 0.1).batches != costs(seed: 2, rate: 0.1).batches)
  }

  @Test("a batch size above the number of examples means all examples; a batch size of 0 is refused")
  func sizes() throws {
    let dataset = try randomDataset(examples: 10, features: 3, classes: 2, seed: 44)
    let large = try Trainer(.test(.adam, iterations: 5, batchSize: 1000)).fit(.neuron(inputs: 3), to: dataset)
    let all = try Trainer(.test(.adam, iterations: 5)).fit(.neuron(inputs: 3), to: dataset)
    #expect(large.classifier.network == all.classifier.network)
    #expect(large.stableLearningRate == nil && large.learningRate == 0.001)
    #expect(throws: ConfigurationError("batchSize", "must be ≥ 1 (got 0)")) {
      try Trainer(.test(batchSize: 0)).fit(.neuron(inputs: 3), to: dataset)
    }
    #expect(throws: TrainingError.noAutomaticRate("gradient descent")) {
      try Trainer(.test(batchSize: 4)).fit(.neuron(inputs: 3), to: dataset)
    }
  }

  @Test("schedules start at the full rate, or grow to it in the warm-up, and follow their formulas")
  func schedules() {
    func factors(_ schedule: Schedule, warmUp: Double = 0) -> [Double] {
      (0..<100).map { schedule.factor(iteration: $0, of: 100, warmUp: warmUp) }
    }
    #expect(factors(.constant).allSatisfy { $0 == 1 })
    let cosine = factors(.cosine)
    #expect(cosine[0] == 1 && abs(cosine[50] - 0.5) < 1e-12 && cosine[99] < 0.001 && cosine[99] > 0)
    let steps = factors(.step(every: 0.25, factor: 0.5))
    #expect(steps[0] == 1 && steps[24] == 1 && steps[25] == 0.5 && steps[50] == 0.25 && steps[99] == 0.125)
    let warm = factors(.cosine, warmUp: 0.1)
    #expect(warm[0] == 0.1 && warm[9] == 1 && warm[10] == 1 && abs(warm[55] - 0.5) < 1e-12)
    #expect(Schedule.cosine.description == "cosine")
  }
}
