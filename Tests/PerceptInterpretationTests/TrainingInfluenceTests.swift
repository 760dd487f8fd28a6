import PerceptDatasets
import PerceptImages
import PerceptInterpretation
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("The recipe of a prediction")
struct TrainingInfluenceTests {
  static let preprocessing = Preprocessing(imageSize: 6)

  /// Computed pictures of so many classes, and others to ask about.
  static func dataset(classes: Int, seed: UInt64 = 1) throws -> Dataset {
    let labels = (0..<classes * 7).map { $0 % classes }
    return try Dataset(
      features: labels.enumerated().map {
        preprocessing.features(of: TestImages.sided($1, seed: seed &* 500 &+ UInt64($0), side: 9))
      },
      examples: labels.enumerated().map { Example(file: "\($0).png", label: $1) },
      classNames: (0..<classes).map { "class \($0)" }, preprocessing: preprocessing)
  }

  struct Way: CustomTestStringConvertible, Sendable {
    let name: String
    let trainer: Trainer

    var testDescription: String { name }

    static let all = [
      Way(name: "auto", trainer: Trainer(iterations: 60, form: .dual)),
      Way(name: "fixed", trainer: Trainer(with: .gradientDescent(learningRate: 0.02), iterations: 60, form: .dual)),
      Way(
        name: "momentum, L2, schedule",
        trainer: Trainer(
          minimizing: Objective(.crossEntropy, l2: 0.1), with: .momentum(0.8, learningRate: 0.01), iterations: 40,
          form: .dual, schedule: Schedule(.step(every: 0.5, factor: 0.1), warmUp: 0.2))),
      Way(
        name: "Nesterov, weights, smoothing",
        trainer: Trainer(
          minimizing: Objective(.crossEntropy, classWeights: .balanced, labelSmoothing: 0.1), with: .nesterov(),
          iterations: 40, form: .dual, schedule: Schedule(.cosine))),
      Way(name: "standardized", trainer: Trainer(iterations: 40, scale: .standardize, form: .dual)),
      Way(name: "L-BFGS", trainer: Trainer(with: .lbfgs, iterations: 15, form: .dual)),
    ]
  }

  /// Every picture of another dataset: pulls and constant are z.
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

  @Test("pulls and constant add up to z", arguments: Way.all, [2, 3])
  func sum(way: Way, classes: Int) throws {
    let dataset = try Self.dataset(classes: classes)
    let run = try way.trainer.fit(Network(inputs: dataset.featureCount, classes: classes), to: dataset)
    try Self.check(run, classes: classes)
  }

  @Test("what weights had from the start remains, and is said")
  func start() throws {
    let dataset = try Self.dataset(classes: 3)
    let start = Network(
      inputs: dataset.featureCount, classes: 3, initialization: .normal(0.5), seed: 3)
    let run = try Trainer(with: .gradientDescent(learningRate: 0.01), iterations: 30, form: .dual).fit(
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
    "a pull is the picture's number times its likeness to what is asked about, each less the mean",
    arguments: [LearningRate.automatic, .fixed(0.02)])
  func representerValues(rate: LearningRate) throws {
    let dataset = try Self.dataset(classes: 2)
    let run = try Trainer(with: .gradientDescent(learningRate: rate), iterations: 30, form: .dual)
      .fit(.neuron(inputs: dataset.featureCount), to: dataset)
    // Half of one class and half of the other, so that there is something to pull each way.
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

  @Test("there is none with hidden layers, nor where nobody kept count")
  func none() throws {
    let dataset = try Self.dataset(classes: 2)
    let features = dataset.withFeatures(of: 0, Array.init)
    let deep = try Trainer(with: .gradientDescent(learningRate: 0.01), iterations: 5, form: .dual)
      .fit(Network(inputs: dataset.featureCount, hidden: [3], classes: 2), to: dataset)
    let primal = try Trainer(iterations: 5, form: .primal).fit(.neuron(inputs: dataset.featureCount), to: dataset)
    for run in [deep, primal] { #expect(TrainingInfluence(run, features: features, for: 1) == nil) }
  }

  @Test("a training is repeated from its record, whichever form it had", arguments: Way.all, [2, 3])
  func repeated(way: Way, classes: Int) throws {
    let dataset = try Self.dataset(classes: classes)
    let settings = way.trainer
    let primal = Trainer(
      minimizing: settings.objective, with: settings.optimizer, iterations: settings.iterations, scale: settings.scale,
      form: .primal, schedule: settings.schedule)
    let run = try primal.fit(Network(inputs: dataset.featureCount, classes: classes), to: dataset)
    #expect(run.coefficients == nil)
    let again = try Trainer.refit(of: run.classifier, on: dataset)
    #expect(again.coefficients != nil)
    try Self.check(again, classes: classes)
  }

  @Test("what cannot be repeated is refused with the reason")
  func refused() throws {
    let dataset = try Self.dataset(classes: 2)
    let start = Network.neuron(inputs: dataset.featureCount)
    let (training, validation) = dataset.split(test: 0.3, seed: 1)
    let random = Network(inputs: dataset.featureCount, classes: 2, initialization: .normal(1), seed: 1)
    let runs: [(TrainingRun, String)] = [
      (try Trainer(with: .adam(), iterations: 3).fit(start, to: dataset), "Adam"),
      (
        try Trainer(with: .gradientDescent(learningRate: 0.01), iterations: 3, batchSize: 4).fit(start, to: dataset),
        "batches"
      ),
      (
        try Trainer(minimizing: Objective(.crossEntropy, l1: 0.1), iterations: 3).fit(start, to: dataset), "L1"
      ),
      (
        try Trainer(iterations: 30, stopping: EarlyStopping(patience: 2, every: 1))
          .fit(start, to: training, validation: validation), "validation"
      ),
      (try Trainer(iterations: 3).fit(random, to: dataset), "come out otherwise"),
      (try Trainer(iterations: 3).fit(start, to: training), "come out otherwise"),
      (
        try Trainer(with: .adam(), iterations: 3)
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

  @Test("hidden units have the pictures that excite them most, the first of them first")
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
