import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptInterpretation
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Training influence, refits and hidden units")
struct TrainingInfluenceTests {
  static let preprocessing = Preprocessing(imageSize: 6)

  /// Computed images of a number of classes. Another seed gives other images.
  static func dataset(classes: Int, seed: UInt64 = 1) throws -> Dataset {
    let labels = (0..<classes * 7).map { $0 % classes }
    return try Dataset(
      features: labels.enumerated().map {
        preprocessing.grid.samples(of: TestImages.sided($1, seed: seed &* 500 &+ UInt64($0), side: 9))
      },
      examples: labels.enumerated().map { Example(file: "\($0).png", label: $1) },
      classNames: (0..<classes).map { "class \($0)" }, preprocessing: preprocessing)
  }

  /// A training configuration for which the coefficients are known.
  struct Way: CustomTestStringConvertible, Sendable {
    let name: String
    let configuration: TrainingConfiguration

    var testDescription: String { name }

    static let all = [
      Way(name: "auto", configuration: .test(iterations: 60, form: .dual)),
      Way(name: "fixed", configuration: .test(learningRate: 0.02, iterations: 60, form: .dual)),
      Way(
        name: "momentum, L2, schedule",
        configuration: .test(
          .momentum, learningRate: 0.01, momentum: 0.8, iterations: 40, l2: 0.1, form: .dual,
          schedule: .step(every: 0.5, factor: 0.1), warmUp: 0.2)),
      Way(
        name: "Nesterov, weights, smoothing",
        configuration: .test(
          .nesterov, iterations: 40, classWeights: .balanced, labelSmoothing: 0.1, form: .dual, schedule: .cosine)),
      Way(name: "standardized", configuration: .test(iterations: 40, scaling: .standardized, form: .dual)),
      Way(name: "L-BFGS", configuration: .test(.lbfgs, iterations: 15, form: .dual)),
    ]
  }

  /// Checks for every image of another dataset that representer values, constant and remainder add up to z.
  static func check(_ run: TrainingRun, classes: Int, remainder: ([UInt8], Int) -> Double = { _, _ in 0 }) throws {
    let others = try dataset(classes: classes, seed: 2)
    for index in 0..<others.count {
      let features = others.withFeatures(of: index, Array.init)
      let prediction = features.withUnsafeBufferPointer(run.classifier.predict)
      for label in 0..<classes {
        let influence = try #require(TrainingInfluence(run, features: features, for: label))
        let z = classes == 2 ? (label == 1 ? 1 : -1) * prediction.logits[0] : prediction.logits[label]
        let size = influence.representerValues.reduce(abs(influence.constant) + abs(influence.common)) { $0 + abs($1) }
        #expect(influence.logit == z && influence.representerValues.count == run.dataset.count)
        let rest = remainder(features, label)
        #expect(abs(influence.remainder - rest) <= 1e-9 * (size + abs(rest)), "\(influence.remainder) of \(size)")
      }
    }
  }

  @Test("representer values and constant add up to z", arguments: Way.all, [2, 3])
  func sum(way: Way, classes: Int) throws {
    let dataset = try Self.dataset(classes: classes)
    let run = try Trainer(way.configuration).fit(Network(inputs: dataset.featureCount, classes: classes), to: dataset)
    try Self.check(run, classes: classes)
  }

  @Test("the contribution of nonzero initial weights is the remainder")
  func start() throws {
    let dataset = try Self.dataset(classes: 3)
    let start = Network(
      inputs: dataset.featureCount, classes: 3, initialization: .normal(0.5), seed: 3)
    let run = try Trainer(.test(.gradientDescent, learningRate: 0.01, iterations: 30, form: .dual)).fit(
      start, to: dataset)
    let mean = dataset.meanFeatures
    let first = start.layers[0].weights
    try Self.check(run, classes: 3) { features, label in
      features.indices.reduce(0.0) { sum, j in
        sum + first.elements[label * first.columns + j] * (Double(features[j]) - mean[j]) / 255
      }
    }
  }

  @Test(
    "a representer value is the coefficient of a training image times its product with the image, both centered",
    arguments: [LearningRate.automatic, .fixed(0.02)])
  func representerValues(rate: LearningRate) throws {
    let dataset = try Self.dataset(classes: 2)
    let run = try Trainer(.test(.gradientDescent, learningRate: rate, iterations: 30, form: .dual))
      .fit(.neuron(inputs: dataset.featureCount), to: dataset)
    // A blend of both classes, so that there are training images with influence in both directions.
    let halves = [4, 9].map { dataset.withFeatures(of: $0, Array.init) }
    let (mean, features) = (dataset.meanFeatures, zip(halves[0], halves[1]).map { $0 / 2 + $1 / 2 })
    let influence = try #require(TrainingInfluence(run, features: features, for: 1))
    let other = dataset.withFeatures(of: 9, Array.init)
    let product = features.indices.reduce(0.0) {
      $0 + (Double(other[$1]) - mean[$1]) * (Double(features[$1]) - mean[$1]) / (255 * 255)
    }
    let coefficient = try #require(run.coefficients)[9]
    #expect(abs(influence.representerValues[9] - coefficient * product) < 1e-12 * abs(coefficient * product))
    #expect((abs(influence.common) < 1e-9) == (rate == .automatic))
    let (towards, away) = (influence.strongest(3, for: true), influence.strongest(100, for: false))
    #expect(towards.count == 3 && towards.map(\.pull) == Array(influence.representerValues.sorted(by: >).prefix(3)))
    #expect(
      away.count == influence.representerValues.count { $0 < 0 } && away[0].pull == influence.representerValues.min())
    #expect(towards.allSatisfy { influence.representerValues[$0.row] == $0.pull })
  }

  @Test("there is no training influence with hidden layers or without coefficients")
  func none() throws {
    let dataset = try Self.dataset(classes: 2)
    let features = dataset.withFeatures(of: 0, Array.init)
    let deep = try Trainer(.test(.gradientDescent, learningRate: 0.01, iterations: 5, form: .dual))
      .fit(Network(inputs: dataset.featureCount, hidden: [3], classes: 2), to: dataset)
    let primal = try Trainer(.test(iterations: 5, form: .primal)).fit(
      .neuron(inputs: dataset.featureCount), to: dataset)
    for run in [deep, primal] { #expect(TrainingInfluence(run, features: features, for: 1) == nil) }
  }

  @Test("a run in the primal form is refitted from its record", arguments: Way.all, [2, 3])
  func refit(way: Way, classes: Int) throws {
    let dataset = try Self.dataset(classes: classes)
    let primal = Trainer(.test(from: way.configuration, form: .primal))
    let run = try primal.fit(Network(inputs: dataset.featureCount, classes: classes), to: dataset)
    #expect(run.coefficients == nil)
    let again = try Trainer.refit(of: run.classifier, on: dataset)
    #expect(again.coefficients != nil)
    try Self.check(again, classes: classes)
  }

  @Test("a refit takes as many iterations as the record has costs, not as many as a file claims")
  func bounded() throws {
    let dataset = try Self.dataset(classes: 2)
    let start = Network.neuron(inputs: dataset.featureCount)
    var classifier = try Trainer(.test(iterations: 5)).fit(start, to: dataset).classifier
    classifier.record.configuration.iterations = TrainingConfiguration.largestCount
    #expect(throws: TrainingError.notRefit(.differentWeights(examples: dataset.count))) {
      try Trainer.refit(of: classifier, on: dataset)
    }
  }

  @Test("a run that cannot be refitted throws an error with the reason")
  func refused() throws {
    let dataset = try Self.dataset(classes: 2)
    let start = Network.neuron(inputs: dataset.featureCount)
    let (training, validation) = dataset.split(test: 0.3, seed: 1)
    let random = Network(inputs: dataset.featureCount, classes: 2, initialization: .normal(1), seed: 1)
    let runs: [(TrainingRun, String)] = [
      (try Trainer(.test(.adam, iterations: 3)).fit(start, to: dataset), "batches"),
      (
        try Trainer(.test(.gradientDescent, learningRate: 0.01, iterations: 3, batchSize: 4)).fit(start, to: dataset),
        "batches"
      ),
      (try Trainer(.test(iterations: 3, l1: 0.1)).fit(start, to: dataset), "L1"),
      (
        try Trainer(.test(iterations: 30, earlyStopping: EarlyStopping(patience: 2, every: 1)))
          .fit(start, to: training, validation: validation), "validation"
      ),
      (try Trainer(.test(iterations: 3)).fit(random, to: dataset), "different weights"),
      (try Trainer(.test(iterations: 3)).fit(start, to: training), "different weights"),
      (
        try Trainer(.test(.adam, iterations: 3))
          .fit(Network(inputs: dataset.featureCount, hidden: [2], classes: 2), to: dataset), "hidden layers"
      ),
    ]
    for (run, words) in runs {
      let error = #expect(throws: TrainingError.self) {
        try Trainer.refit(of: run.classifier, on: dataset)
      }
      #expect(error?.description.contains(words) == true, "\(words): \(error?.description ?? "")")
    }
  }

  @Test("hidden units have the images with the largest pre-activations, in descending order")
  func units() throws {
    let dataset = try Self.dataset(classes: 3)
    let network = Network(inputs: dataset.featureCount, hidden: [5, 3], classes: 3, seed: 2)
    let classifier = Classifier(
      network: network, classNames: dataset.classNames, preprocessing: Self.preprocessing,
      record: InterpretationTests.classifier().record)
    let units = try classifier.hiddenUnits(on: dataset, images: 4, limit: 3)
    #expect(units.map(\.index) == [0, 1, 2])
    for unit in units {
      let weights = network.layers[0].weights.elements[unit.index * network.inputs..<(unit.index + 1) * network.inputs]
      let sums = (0..<dataset.count).map { row in
        dataset.withFeatures(of: row) { pixels in zip(weights, pixels).reduce(0) { $0 + $1.0 * Double($1.1) / 255 } }
      }
      #expect(unit.rows == Array(sums.indices.sorted { sums[$0] > sums[$1] }.prefix(4)))
      #expect(zip(unit.rows, unit.excitations).allSatisfy { abs(sums[$0] - $1) < 1e-12 })
      #expect(unit.activeCount == sums.count { $0 > 0 })
    }
    let straight = Classifier(
      network: .init(inputs: dataset.featureCount, classes: 3), classNames: dataset.classNames,
      preprocessing: Self.preprocessing, record: InterpretationTests.classifier().record)
    #expect(try straight.hiddenUnits(on: dataset).isEmpty)
  }
}
