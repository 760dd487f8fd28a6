import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("L-BFGS")
struct LBFGSTests {
  func run(
    _ variant: Variant, _ dataset: Dataset, _ form: DescentForm, scaling: FeatureScaling = .centered,
    iterations: Int = 2000
  ) throws -> TrainingRun {
    try Trainer(.test(from: variant.configuration, .lbfgs, iterations: iterations, scaling: scaling, form: form))
      .fit(variant.network(inputs: dataset.featureCount), to: dataset)
  }

  @Test(
    "a convex cost is minimized to the same optimum, in both forms, from any weights", arguments: [2, 3],
    [FeatureScaling.centered, .standardized])
  func convex(classes: Int, scaling: FeatureScaling) throws {
    let dataset = try randomDataset(examples: 50, features: 30, classes: classes, seed: 51)
    let variant = Variant(classes: classes, configuration: .test(l2: 0.05))
    let runs = try [DescentForm.primal, .dual].map { try run(variant, dataset, $0, scaling: scaling) }
    let fresh = try Trainer(.test(from: variant.configuration, .lbfgs, iterations: 2000, scaling: scaling))
      .fit(Network(inputs: 30, classes: classes), to: dataset)
    for other in [runs[1], fresh] {
      for i in 0..<50 {
        let (a, b) = (
          dataset.withFeatures(of: i, runs[0].classifier.predict).probabilities,
          dataset.withFeatures(of: i, other.classifier.predict).probabilities
        )
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 })
      }
    }
    for costs in (runs + [fresh]).map(\.costs) {
      #expect(costs.count < 400)
      #expect(zip(costs, costs.dropFirst()).allSatisfy { $1 <= $0 })
    }
    // 20,000 iterations of gradient descent reach the optimum, but not a lower cost.
    let slow = try Trainer(.test(from: variant.configuration, iterations: 20_000, scaling: scaling))
      .fit(Network(inputs: 30, classes: classes), to: dataset)
    let (lowest, reached) = (try #require(slow.costs.last), try #require(fresh.costs.last))
    #expect(reached <= lowest + 1e-12 && reached >= lowest - 1e-3)
  }

  @Test("with hidden layers the cost never rises, in both forms", arguments: [Activation.relu, .tanh])
  func hidden(activation: Activation) throws {
    let dataset = try randomDataset(examples: 40, features: 20, classes: 3, seed: 52)
    let variant = Variant(hidden: [5], classes: 3, activation: activation, configuration: .test(l2: 0.001))
    for form in [DescentForm.primal, .dual] {
      let costs = try run(variant, dataset, form, iterations: 100).costs
      #expect(zip(costs, costs.dropFirst()).allSatisfy { $1 <= $0 })
      #expect(try #require(costs.last) < costs[0] / 2)
    }
  }

  @Test("batches and an L1 penalty are refused")
  func errors() throws {
    let dataset = try randomDataset(examples: 10, features: 3, classes: 2, seed: 53)
    #expect(throws: ConfigurationError("batchSize", "cannot be combined with L-BFGS, which uses all examples at once"))
    {
      try Trainer(.test(.lbfgs, batchSize: 2)).fit(.neuron(inputs: 3), to: dataset)
    }
    #expect(throws: ConfigurationError("l1", "cannot be combined with L-BFGS, which needs a smooth cost")) {
      try Trainer(.test(.lbfgs, l1: 1)).fit(.neuron(inputs: 3), to: dataset)
    }
  }
}
