import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels
import PerceptTraining
import Testing

@Suite("What a training shows while it lasts, and leaves")
struct StoppingTests {
  static let trainers: [(Trainer, hidden: [Int])] = [
    (Trainer(with: .gradientDescent(learningRate: 0.01), iterations: 40, form: .dual), []),
    (Trainer(with: .gradientDescent(), iterations: 40, form: .primal), []),
    (Trainer(minimizing: Objective(.crossEntropy, l2: 0.1), with: .momentum(0.9), iterations: 40), []),
    (Trainer(with: .adam(), iterations: 40, batchSize: 7, seed: 5), [6]),
    (Trainer(with: .lbfgs, iterations: 40), []),
  ]

  @Test("stopped after some iterations, it is a training of so many", arguments: trainers.indices, [1, 3, 17])
  func stopped(index: Int, count: Int) throws {
    let (trainer, hidden) = Self.trainers[index]
    let dataset = try randomDataset(examples: 30, features: 20, seed: 3)
    let start = Network(inputs: 20, hidden: hidden, classes: 2, seed: 1)
    let stopped = try trainer.fit(start, to: dataset) { if $0.iteration == count - 1 { throw StopTraining() } }
    var shorter = trainer
    shorter.iterations = count
    let expected = try shorter.fit(start, to: dataset)
    #expect(stopped.classifier == expected.classifier)
    #expect(stopped.classifier.record.settings.iterations == count)
    #expect(stopped.costs.count > 0 && stopped.divergence == nil)
  }

  @Test("the network after an iteration is that of a training of so many", arguments: trainers.indices)
  func looked(index: Int) throws {
    let (trainer, hidden) = Self.trainers[index]
    let dataset = try randomDataset(examples: 30, features: 20, seed: 3)
    let start = Network(inputs: 20, hidden: hidden, classes: 2, seed: 1)
    var seen: [Network] = []
    _ = try trainer.fit(start, to: dataset) { _, network in if seen.count < 5 { seen.append(network()) } }
    for count in [1, 4] {
      var shorter = trainer
      shorter.iterations = count
      #expect(try shorter.fit(start, to: dataset).classifier.network == seen[count - 1])
    }
  }

  @Test(
    "the weights are the sum of the examples times their coefficients",
    arguments: [LearningRate.fixed(0.02), .automatic])
  func coefficients(rate: LearningRate) throws {
    let dataset = try randomDataset(examples: 25, features: 40, seed: 9)
    for l2 in [0, 0.3] {
      let run = try Trainer(
        minimizing: Objective(.crossEntropy, l2: l2), with: .nesterov(0.8, learningRate: rate), iterations: 60,
        form: .dual
      ).fit(.neuron(inputs: 40), to: dataset)
      let coefficients = try #require(run.coefficients)
      #expect(coefficients.count == 25)
      let mean = (0..<40).map { j in
        rate == .automatic
          ? (0..<25).reduce(0) { $0 + dataset.withFeatures(of: $1) { Double($0[j]) / 255 } } / 25 : 0
      }
      for (j, weight) in run.classifier.network.layers[0].weights.elements.enumerated() {
        let terms = (0..<25).map { i in
          coefficients[i] * (dataset.withFeatures(of: i) { Double($0[j]) / 255 } - mean[j])
        }
        let size = terms.reduce(0) { $0 + abs($1) }
        #expect(abs(terms.reduce(0, +) - weight) <= 1e-9 * size)
      }
    }
  }

  @Test("on weights, in batches and from a better validation there are no coefficients")
  func none() throws {
    let dataset = try randomDataset(examples: 25, features: 40, seed: 9)
    let network = Network.neuron(inputs: 40)
    #expect(try Trainer(iterations: 5, form: .primal).fit(network, to: dataset).coefficients == nil)
    #expect(try Trainer(with: .adam(), iterations: 5).fit(network, to: dataset).coefficients == nil)
    let watched = Trainer(
      with: .gradientDescent(learningRate: 0.5), iterations: 200, form: .dual,
      stopping: EarlyStopping(patience: 2, every: 1))
    let other = try randomDataset(examples: 25, features: 40, seed: 10)
    #expect(try watched.fit(network, to: dataset, validation: other).coefficients == nil)
  }
}
