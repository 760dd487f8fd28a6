import Dispatch
import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

/// Networks and batches so large that the work on a batch is divided for several cores.
@Suite("Batches in parts")
struct BatchPartsTests {
  private static let variants = [
    Variant(hidden: [40, 30], classes: 3), Variant(hidden: [33], activation: .sigmoid, configuration: .test(l2: 0.01)),
    Variant(classes: 10),
  ]

  /// 150 examples are three parts, and 700 inputs three slabs.
  private static func fit(_ variant: Variant, _ optimizer: Optimizer, iterations: Int, batchSize: Int?) throws
    -> TrainingRun
  {
    let dataset = try randomDataset(examples: 150, features: 700, classes: variant.classes, seed: 45)
    let configuration = TrainingConfiguration.test(
      from: variant.configuration, optimizer, learningRate: .fixed(0.002), iterations: iterations, batchSize: batchSize)
    return try Trainer(configuration).fit(variant.network(inputs: 700), to: dataset)
  }

  @Test("a batch in several parts follows full-batch training", arguments: variants)
  func reference(variant: Variant) throws {
    let expected = try Self.fit(variant, .gradientDescent, iterations: 10, batchSize: nil)
    let run = try Self.fit(variant, .gradientDescent, iterations: 10, batchSize: 150)
    #expect(run.costs.count == 10)
    for (cost, expected) in zip(run.costs, expected.costs) { #expect(abs(cost - expected) <= 2e-5 * expected) }
    for (layer, expected) in zip(run.classifier.network.layers, expected.classifier.network.layers) {
      #expect(zip(layer.weights.elements, expected.weights.elements).allSatisfy { abs($0 - $1) < 1e-5 })
      #expect(zip(layer.bias, expected.bias).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test(
    "a training has the same bits, no matter how many others share the cores", arguments: variants,
    [Optimizer.adam, .adamW, .momentum])
  func bits(variant: Variant, optimizer: Optimizer) throws {
    let alone = try Self.fit(variant, optimizer, iterations: 12, batchSize: 140)
    for count in [2, 5] {
      let runs = parallelMap(0..<count, block: 1) { _ in
        Result { try Self.fit(variant, optimizer, iterations: 12, batchSize: 140) }
      }
      for run in runs {
        #expect(try run.get().costs == alone.costs)
        #expect(try run.get().classifier.network == alone.classifier.network)
      }
    }
  }

  @Test("the first step of AdamW moves 70,000 parameters by the learning rate, and decays weights alone")
  func firstStep() throws {
    let variant = Variant(hidden: [100], activation: .leakyReLU, configuration: .test(l2: 0.5))
    let before = try Self.fit(variant, .adamW, iterations: 0, batchSize: 150).classifier.network
    let after = try Self.fit(variant, .adamW, iterations: 1, batchSize: 150).classifier.network
    func moved(_ old: [Double], _ new: [Double], decay: Double) -> Int {
      zip(old, new).count { abs(abs($0 * (1 - 0.002 * decay) - $1) - 0.002) < 1e-5 }
    }
    for (old, new) in zip(before.layers, after.layers) {
      // A gradient next to 0 moves its parameter less.
      let (weights, bias) = (old.weights.elements, old.bias)
      #expect(moved(weights, new.weights.elements, decay: 0.5) >= weights.count * 95 / 100)
      #expect(moved(bias, new.bias, decay: 0) >= bias.count * 95 / 100)
    }
  }
}
