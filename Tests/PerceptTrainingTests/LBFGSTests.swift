import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("L-BFGS")
struct LBFGSTests {
  func run(
    _ variant: Variant, _ dataset: Dataset, _ form: DescentForm, scale: FeatureScaling = .unit, iterations: Int = 2000
  )
    throws
    -> TrainingRun
  {
    try Trainer(minimizing: variant.objective, with: .lbfgs, iterations: iterations, scale: scale, form: form)
      .fit(variant.network(inputs: dataset.featureCount), to: dataset)
  }

  @Test(
    "where the cost is convex it ends in the one lowest place, in both forms, from any weights",
    arguments: [2, 3], [FeatureScaling.unit, .standardize])
  func convex(classes: Int, scale: FeatureScaling) throws {
    let dataset = try randomDataset(examples: 50, features: 30, classes: classes, seed: 51)
    let variant = Variant(classes: classes, objective: Objective(.crossEntropy, l2: 0.05))
    let runs = try [DescentForm.primal, .dual].map { try run(variant, dataset, $0, scale: scale) }
    let fresh = try Trainer(minimizing: variant.objective, with: .lbfgs, iterations: 2000, scale: scale)
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
    // In the lowest place the cost has no slope: 20,000 iterations of plain descent go there, and not below.
    let slow = try Trainer(minimizing: variant.objective, iterations: 20_000, scale: scale)
      .fit(Network(inputs: 30, classes: classes), to: dataset)
    let (lowest, reached) = (try #require(slow.costs.last), try #require(fresh.costs.last))
    #expect(reached <= lowest + 1e-12 && reached >= lowest - 1e-3)
  }

  @Test("hidden layers too go down, in both forms", arguments: [Activation.relu, .tanh])
  func hidden(activation: Activation) throws {
    let dataset = try randomDataset(examples: 40, features: 20, classes: 3, seed: 52)
    let variant = Variant(
      hidden: [5], classes: 3, activation: activation, objective: Objective(.crossEntropy, l2: 0.001))
    for form in [DescentForm.primal, .dual] {
      let costs = try run(variant, dataset, form, iterations: 100).costs
      #expect(zip(costs, costs.dropFirst()).allSatisfy { $1 <= $0 })
      #expect(try #require(costs.last) < costs[0] / 2)
    }
  }

  @Test("it needs all examples at once and a smooth cost")
  func errors() throws {
    let dataset = try randomDataset(examples: 10, features: 3, classes: 2, seed: 53)
    #expect(throws: TrainingError.self) {
      try Trainer(with: .lbfgs, batchSize: 2).fit(.neuron(inputs: 3), to: dataset)
    }
    #expect(throws: TrainingError.self) {
      try Trainer(minimizing: Objective(.crossEntropy, l1: 1), with: .lbfgs).fit(.neuron(inputs: 3), to: dataset)
    }
  }
}
