import PerceptDatasets
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Divergence")
struct DivergenceTests {
  // In the warm-up the rate grows from a stable one to one at which the L2 penalty alone makes the weights diverge.
  let trainer = Trainer(.test(.gradientDescent, learningRate: 210, iterations: 5000, l2: 0.01, warmUp: 0.9))

  @Test("a cost that keeps rising ends the training, and the weights of the lowest cost are kept")
  func rising() throws {
    let dataset = try randomDataset(examples: 20, features: 4, seed: 81)
    let start = Network.neuron(inputs: 4)
    var seen: [Double] = []
    let run = try trainer.fit(start, to: dataset) { seen.append($0.cost) }
    let divergence = try #require(run.divergence)
    #expect(run.costs.count < 5000 && divergence.iteration == seen.count)
    #expect(run.costs.count == seen.count + 1)
    #expect(divergence.lowestCost == run.costs.min())
    #expect(run.costs.firstIndex(of: divergence.lowestCost) == divergence.lowestIteration)
    // The kept weights are those before the update of that iteration.
    var (count, network): (Int, Network?) = (0, nil)
    let folder = try TemporaryFolder()
    let path = folder.path("a.checkpoint")
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try trainer.fit(start, to: dataset, checkpoints: Checkpoints(at: path, every: nil)) { _ in
        count += 1
        if count == divergence.lowestIteration { throw Stop() }
      }
    }
    network = try Classifier(contentsOf: path).network
    #expect(divergence.lowestIteration > 10 && network == run.classifier.network)
  }

  @Test("costs that jump, converge or rise temporarily are not divergence")
  func healthy() throws {
    let dataset = try randomDataset(examples: 40, features: 200, seed: 82)
    for rate in [0.5, 5, 50] {
      let run = try Trainer(.test(.gradientDescent, learningRate: .fixed(rate), iterations: 600))
        .fit(.neuron(inputs: 200), to: dataset)
      #expect(run.divergence == nil && run.costs.count == 600)
    }
    // A training that starts at the optimum has costs that change by rounding errors only.
    let best = try Trainer(.test(.lbfgs, l2: 0.1)).fit(.neuron(inputs: 200), to: dataset)
    let further = try Trainer(.test(.adam, learningRate: 1e-5, iterations: 600, l2: 0.1))
      .fit(best.classifier.network, to: dataset)
    #expect(further.divergence == nil && further.costs.count == 600)
  }

  @Test("in batches the costs of epochs are compared")
  func batches() throws {
    let dataset = try randomDataset(examples: 20, features: 4, seed: 83)
    let configuration = TrainingConfiguration.test(from: trainer.configuration, iterations: 4000, batchSize: 5)
    let run = try Trainer(configuration).fit(.neuron(inputs: 4), to: dataset)
    let divergence = try #require(run.divergence)
    #expect(divergence.iteration == run.costs.count * 4 - 1 && run.costs.count < 1000)
    #expect(run.costs[divergence.lowestIteration / 4] == run.costs.min())
    #expect(run.classifier.network.isBounded())
  }

  @Test("the noise of small batches is not divergence", arguments: 0..<12 as Range<UInt64>)
  func noise(seed: UInt64) throws {
    let dataset = try randomDataset(examples: 16, features: 60, seed: 90 + seed)
    let configuration = TrainingConfiguration.test(
      .adam, iterations: 600, batchSize: 3, schedule: .cosine, warmUp: 0.1,
      augmentation: Augmentation(shift: 0.5, brightness: 0.9), seed: seed)
    let run = try Trainer(configuration)
      .fit(Network(inputs: 60, hidden: [20, 7], classes: 2, seed: seed), to: dataset)
    #expect(run.divergence == nil && run.costs.count == 100)
  }

  @Test("a cost that never falls is an error, in batches too")
  func nothing() throws {
    let dataset = try randomDataset(examples: 20, features: 4, seed: 83)
    for batchSize in [nil, 5] {
      let trainer = Trainer(.test(.gradientDescent, learningRate: 0.6, iterations: 5000, l2: 5, batchSize: batchSize))
      #expect {
        try trainer.fit(.neuron(inputs: 4), to: dataset)
      } throws: { error in
        if case TrainingError.diverged = error { true } else { false }
      }
    }
  }

  @Test("with early stopping the weights of the lowest validation cost are kept")
  func validation() throws {
    let dataset = try randomDataset(examples: 20, features: 4, seed: 81)
    let configuration = TrainingConfiguration.test(
      from: trainer.configuration, earlyStopping: EarlyStopping(patience: 5000))
    let run = try Trainer(configuration).fit(.neuron(inputs: 4), to: dataset, validation: dataset)
    #expect(run.divergence != nil)
    let results = try #require(run.classifier.record.validation)
    let lowest = try #require(results.map(\.cost).min())
    let cost = NetworkTrainingTests.cost(run.classifier.network, dataset, TrainingConfiguration())
    #expect(abs(cost - lowest) < 1e-12)
  }
}
