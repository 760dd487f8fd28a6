import PerceptDatasets
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Divergence")
struct DivergenceTests {
  // The rate grows from what is right to so much that weights decay by more than all they are.
  let trainer = Trainer(
    minimizing: Objective(.crossEntropy, l2: 0.01), with: .gradientDescent(learningRate: 210), iterations: 5000,
    schedule: Schedule(warmUp: 0.9))

  @Test("a cost that rises for good ends the training, and the weights of the lowest are kept")
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
    // They are the weights before the update of that iteration.
    let shorter = Trainer(
      minimizing: trainer.objective, with: trainer.optimizer, iterations: 5000, schedule: trainer.schedule)
    var (count, network): (Int, Network?) = (0, nil)
    let folder = try TemporaryFolder()
    let path = folder.path("a.checkpoint")
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try shorter.fit(start, to: dataset, checkpoints: Checkpoints(at: path, every: nil)) { _ in
        count += 1
        if count == divergence.lowestIteration { throw Stop() }
      }
    }
    network = try Classifier(contentsOf: path).network
    #expect(divergence.lowestIteration > 10 && network == run.classifier.network)
  }

  @Test("costs that jump, that settle, or that rise only for a while do not")
  func healthy() throws {
    let dataset = try randomDataset(examples: 40, features: 200, seed: 82)
    for rate in [0.5, 5, 50] {
      let run = try Trainer(with: .gradientDescent(learningRate: .fixed(rate)), iterations: 600).fit(
        .neuron(inputs: 200), to: dataset)
      #expect(run.divergence == nil && run.costs.count == 600)
    }
    // Going on from where nothing is to be gained, costs change by rounding only.
    let best = try Trainer(minimizing: Objective(.crossEntropy, l2: 0.1), with: .lbfgs).fit(
      .neuron(inputs: 200), to: dataset)
    let further = try Trainer(
      minimizing: Objective(.crossEntropy, l2: 0.1), with: .adam(learningRate: 1e-5), iterations: 600
    ).fit(
      best.classifier.network, to: dataset)
    #expect(further.divergence == nil && further.costs.count == 600)
  }

  @Test("in batches epochs are compared")
  func batches() throws {
    let dataset = try randomDataset(examples: 20, features: 4, seed: 83)
    let trainer = Trainer(
      minimizing: Objective(.crossEntropy, l2: 0.01), with: .gradientDescent(learningRate: 210), iterations: 4000,
      batchSize: 5, schedule: Schedule(warmUp: 0.9))
    let run = try trainer.fit(.neuron(inputs: 4), to: dataset)
    let divergence = try #require(run.divergence)
    #expect(divergence.iteration == run.costs.count * 4 - 1 && run.costs.count < 1000)
    #expect(run.costs[divergence.lowestIteration / 4] == run.costs.min())
    #expect(run.classifier.network.isFinite)
  }

  @Test("the noise of small batches is no divergence", arguments: 0..<12 as Range<UInt64>)
  func noise(seed: UInt64) throws {
    let dataset = try randomDataset(examples: 16, features: 60, seed: 90 + seed)
    let run = try Trainer(
      with: .adam(), iterations: 600, batchSize: 3, schedule: Schedule(.cosine, warmUp: 0.1),
      augmentation: Augmentation(shift: 0.5, brightness: 0.9), seed: seed
    ).fit(Network(inputs: 60, hidden: [20, 7], classes: 2, seed: seed), to: dataset)
    #expect(run.divergence == nil && run.costs.count == 100)
  }

  @Test("where nothing was learned before, in batches too, there is no model")
  func nothing() throws {
    let dataset = try randomDataset(examples: 20, features: 4, seed: 83)
    for batchSize in [nil, 5] {
      let trainer = Trainer(
        minimizing: Objective(.crossEntropy, l2: 5), with: .gradientDescent(learningRate: 0.6), iterations: 5000,
        batchSize: batchSize)
      #expect {
        try trainer.fit(.neuron(inputs: 4), to: dataset)
      } throws: { error in
        if case TrainingError.diverged = error { true } else { false }
      }
    }
  }

  @Test("where validation chose weights, those are kept")
  func validation() throws {
    let dataset = try randomDataset(examples: 20, features: 4, seed: 81)
    let run = try Trainer(
      minimizing: trainer.objective, with: trainer.optimizer, iterations: 5000, schedule: trainer.schedule,
      stopping: EarlyStopping(patience: 5000)
    ).fit(.neuron(inputs: 4), to: dataset, validation: dataset)
    #expect(run.divergence != nil)
    let looks = try #require(run.classifier.record.validation)
    let lowest = try #require(looks.map(\.cost).min())
    #expect(abs(NetworkTrainingTests.cost(run.classifier.network, dataset, Objective(.crossEntropy)) - lowest) < 1e-12)
  }
}
