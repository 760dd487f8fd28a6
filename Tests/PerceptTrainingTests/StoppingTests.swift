import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Observing and stopping a training")
struct StoppingTests {
  static let trainers: [(Trainer, hidden: [Int])] = [
    (Trainer(.test(.gradientDescent, learningRate: 0.01, iterations: 40, form: .dual)), []),
    (Trainer(.test(.gradientDescent, iterations: 40, form: .primal)), []),
    (Trainer(.test(.momentum, iterations: 40, l2: 0.1)), []),
    (Trainer(.test(.adam, iterations: 40, batchSize: 7, seed: 5)), [6]),
    (Trainer(.test(.lbfgs, iterations: 40)), []),
  ]

  @Test("a training that is stopped equals one with fewer iterations", arguments: trainers.indices, [1, 3, 17])
  func stopped(index: Int, count: Int) throws {
    let (trainer, hidden) = Self.trainers[index]
    let dataset = try randomDataset(examples: 30, features: 20, seed: 3)
    let start = Network(inputs: 20, hidden: hidden, classes: 2, seed: 1)
    let stopped = try trainer.fit(start, to: dataset) { if $0.iteration == count - 1 { throw StopTraining() } }
    var shorter = trainer
    shorter.configuration.iterations = count
    let expected = try shorter.fit(start, to: dataset)
    #expect(stopped.classifier == expected.classifier)
    #expect(stopped.classifier.record.configuration.iterations == count)
    #expect(stopped.costs.count > 0 && stopped.divergence == nil)
  }

  @Test("the observed network equals that of a training with fewer iterations", arguments: trainers.indices)
  func observed(index: Int) throws {
    let (trainer, hidden) = Self.trainers[index]
    let dataset = try randomDataset(examples: 30, features: 20, seed: 3)
    let start = Network(inputs: 20, hidden: hidden, classes: 2, seed: 1)
    var seen: [Network] = []
    _ = try trainer.fit(start, to: dataset) { _, network in if seen.count < 5 { seen.append(network()) } }
    for count in [1, 4] {
      var shorter = trainer
      shorter.configuration.iterations = count
      #expect(try shorter.fit(start, to: dataset).classifier.network == seen[count - 1])
    }
  }

  @Test(
    "the weights are the sum of coefficients times examples",
    arguments: [LearningRate.fixed(0.02), .automatic])
  func coefficients(rate: LearningRate) throws {
    let dataset = try randomDataset(examples: 25, features: 40, seed: 9)
    for l2 in [0, 0.3] {
      let configuration = TrainingConfiguration.test(
        .nesterov, learningRate: rate, momentum: 0.8, iterations: 60, l2: l2, form: .dual)
      let run = try Trainer(configuration).fit(.neuron(inputs: 40), to: dataset)
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

  @Test("there are no coefficients in the primal form, in batches or where validation chose the weights")
  func none() throws {
    let dataset = try randomDataset(examples: 25, features: 40, seed: 9)
    let network = Network.neuron(inputs: 40)
    #expect(try Trainer(.test(iterations: 5, form: .primal)).fit(network, to: dataset).coefficients == nil)
    #expect(try Trainer(.test(.adam, iterations: 5)).fit(network, to: dataset).coefficients == nil)
    let validated = Trainer(
      .test(
        .gradientDescent, learningRate: 0.5, iterations: 200, form: .dual,
        earlyStopping: EarlyStopping(patience: 2, every: 1)))
    let other = try randomDataset(examples: 25, features: 40, seed: 10)
    #expect(try validated.fit(network, to: dataset, validation: other).coefficients == nil)
  }
}
