import PerceptDatasets
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Early stopping")
struct EarlyStoppingTests {
  // Labels are random, so a network that fits the training split does not generalize.
  func splits() throws -> (training: Dataset, validation: Dataset) {
    let all = try randomDataset(examples: 60, features: 80, classes: 2, seed: 61)
    let (training, validation) = all.split(test: 0.5, seed: 1)
    return (training, validation)
  }

  @Test(
    "the weights with the lowest validation cost are kept, and patience ends the training",
    arguments: [
      TrainingConfiguration.test(.gradientDescent, learningRate: 0.05), .test(.adam, learningRate: 0.01), .test(.lbfgs),
    ])
  func best(base: TrainingConfiguration) throws {
    let (training, validation) = try splits()
    let network = Variant().network(inputs: 80)
    func run(iterations: Int, patience: Int?) throws -> TrainingRun {
      let configuration = TrainingConfiguration.test(
        from: base, iterations: iterations, l2: 1e-4, earlyStopping: patience.map { EarlyStopping(patience: $0) })
      return try Trainer(configuration).fit(network, to: training, validation: validation)
    }
    let stopped = try run(iterations: 500, patience: 7)
    let results = try #require(stopped.classifier.record.validation)
    let lowest = try #require(results.indices.min { results[$0].cost < results[$1].cost })
    #expect(stopped.costs.count < 500)
    #expect(results.count - 1 - lowest == 7)
    #expect(results.map(\.iteration) == Array(results.indices))
    // A training that ends at the best iteration gives the same network; an evaluation gives the validation result.
    let direct = try run(iterations: results[lowest].iteration + 1, patience: nil)
    #expect(direct.classifier.network == stopped.classifier.network)
    #expect(direct.classifier.record.validation == nil)
    #expect(try stopped.classifier.evaluate(on: validation).accuracy == results[lowest].accuracy)
    let cost = NetworkTrainingTests.cost(stopped.classifier.network, validation, TrainingConfiguration())
    #expect(abs(cost - results[lowest].cost) < 1e-12)
  }

  @Test("in batches validation results are computed after whole epochs, at the given interval")
  func batches() throws {
    let (training, validation) = try splits()
    let configuration = TrainingConfiguration.test(
      .adam, learningRate: 0.001, iterations: 40, batchSize: 8, earlyStopping: EarlyStopping(patience: 100, every: 2))
    let run = try Trainer(configuration).fit(
      Network(inputs: 80, hidden: [3], classes: 2), to: training, validation: validation)
    #expect(run.classifier.record.validation?.map(\.iteration) == [7, 15, 23, 31, 39])
  }

  @Test("a validation split of other classes, or without images, and a patience of 0 are refused")
  func errors() throws {
    let (training, validation) = try splits()
    let other = try randomDataset(examples: 10, features: 80, classes: 3, seed: 62)
    func fit(patience: Int, validation: Dataset) throws -> TrainingRun {
      try Trainer(.test(earlyStopping: EarlyStopping(patience: patience)))
        .fit(.neuron(inputs: 80), to: training, validation: validation)
    }
    #expect(throws: TrainingError.validationMismatch) { try fit(patience: 1, validation: other) }
    #expect(throws: TrainingError.emptyValidation) { try fit(patience: 1, validation: validation.subset([])) }
    #expect(throws: ConfigurationError("patience", "must be ≥ 1 (got 0)")) {
      try fit(patience: 0, validation: training)
    }
  }
}
