import PerceptDatasets
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Early stopping")
struct EarlyStoppingTests {
  // Labels are random, so what is learned of the training part is of no use for others.
  func parts() throws -> (training: Dataset, validation: Dataset) {
    let all = try randomDataset(examples: 60, features: 80, classes: 2, seed: 61)
    let (training, validation) = all.split(test: 0.5, seed: 1)
    return (training, validation)
  }

  @Test(
    "the weights with the lowest validation cost are kept, and patience ends the training",
    arguments: [Optimizer.gradientDescent(learningRate: 0.05), .adam(learningRate: 0.01), .lbfgs])
  func best(optimizer: Optimizer) throws {
    let (training, validation) = try parts()
    let network = Variant().network(inputs: 80)
    func run(iterations: Int, patience: Int?) throws -> TrainingRun {
      try Trainer(
        minimizing: Objective(.crossEntropy, l2: 1e-4), with: optimizer, iterations: iterations,
        stopping: patience.map { EarlyStopping(patience: $0) }
      ).fit(network, to: training, validation: validation)
    }
    let stopped = try run(iterations: 500, patience: 7)
    let looks = try #require(stopped.classifier.record.validation)
    let lowest = try #require(looks.indices.min { looks[$0].cost < looks[$1].cost })
    #expect(stopped.costs.count < 500)
    #expect(looks.count - 1 - lowest == 7)
    #expect(looks.map(\.iteration) == Array(looks.indices))
    // Stopped where it was best, it is the same network; and the look is what an evaluation of it says.
    let direct = try run(iterations: looks[lowest].iteration + 1, patience: nil)
    #expect(direct.classifier.network == stopped.classifier.network)
    #expect(direct.classifier.record.validation == nil)
    #expect(try stopped.classifier.evaluate(on: validation).accuracy == looks[lowest].accuracy)
    let cost = NetworkTrainingTests.cost(stopped.classifier.network, validation, Objective(.crossEntropy))
    #expect(abs(cost - looks[lowest].cost) < 1e-12)
  }

  @Test("in batches looks are taken after whole epochs, as often as asked for")
  func batches() throws {
    let (training, validation) = try parts()
    let run = try Trainer(
      with: .adam(learningRate: 0.001), iterations: 40, batchSize: 8, stopping: EarlyStopping(patience: 100, every: 2)
    ).fit(Network(inputs: 80, hidden: [3], classes: 2), to: training, validation: validation)
    #expect(run.classifier.record.validation?.map(\.iteration) == [7, 15, 23, 31, 39])
  }

  @Test("a validation part of another kind is refused")
  func errors() throws {
    let (training, _) = try parts()
    let other = try randomDataset(examples: 10, features: 80, classes: 3, seed: 62)
    #expect(throws: TrainingError.self) {
      try Trainer(stopping: EarlyStopping(patience: 1)).fit(.neuron(inputs: 80), to: training, validation: other)
    }
    #expect(throws: TrainingError.self) {
      try Trainer(stopping: EarlyStopping(patience: 0)).fit(.neuron(inputs: 80), to: training, validation: training)
    }
  }
}
