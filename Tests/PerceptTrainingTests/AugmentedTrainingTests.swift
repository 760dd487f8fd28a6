import CPerceptAllocationCounter
import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptPlatform
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Training with augmentation")
struct AugmentedTrainingTests {
  /// Images of 6 x 6 pixels of two classes.
  static func images(_ count: Int = 30, seed: UInt64 = 61) throws -> Dataset {
    try Dataset(
      features: (0..<count).map { TestImages.sided($0 % 2, seed: seed + UInt64($0), side: 6).pixels },
      examples: (0..<count).map { Example(file: "\($0)", label: $0 % 2) }, classNames: ["left", "right"],
      preprocessing: Preprocessing(imageSize: 6))
  }

  func train(
    _ augmentation: Augmentation, on dataset: Dataset, seed: UInt64 = 1, iterations: Int = 20, batchSize: Int? = 8
  ) throws -> TrainingRun {
    try Trainer(.test(.adam, iterations: iterations, batchSize: batchSize, augmentation: augmentation, seed: seed))
      .fit(.neuron(inputs: dataset.featureCount), to: dataset)
  }

  @Test("equal seeds give equal models; another seed or no augmentation gives another model")
  func determinism() throws {
    let (dataset, all) = (try Self.images(), AugmentationTests.all)
    let run = try train(all, on: dataset)
    #expect(try train(all, on: dataset).classifier == run.classifier)
    #expect(try train(.none, on: dataset).classifier.network != run.classifier.network)
    #expect(run.classifier.record.configuration.augmentation == all)
    #expect(try train(.none, on: dataset).classifier.record.configuration.augmentation == .none)
    // In one batch the order of the examples has no effect, so only the augmentation can differ.
    let seeds = try [1, 2].map { try train(all, on: dataset, seed: $0, batchSize: nil).costs[19] }
    let still = try [1, 2].map { try train(.none, on: dataset, seed: $0, batchSize: nil).costs[19] }
    #expect(abs(seeds[0] - seeds[1]) > 1e-4 && abs(still[0] - still[1]) < 1e-5)
  }

  @Test("a batch has the augmented images: training equals that on a dataset of these images")
  func batch() throws {
    let (dataset, all) = (try Self.images(), AugmentationTests.all)
    let changed = try Dataset(
      features: dataset.examples.indices.map { row in
        all.change(of: ImageSize(6), seed: 1, draw: 0, row: row)
          .changed(dataset.withFeatures(of: row, Array.init), size: ImageSize(6), channels: 3)
      }, examples: dataset.examples, classNames: dataset.classNames, preprocessing: dataset.preprocessing)
    let augmented = try train(all, on: dataset, iterations: 1, batchSize: nil)
    let expected = try train(.none, on: changed, iterations: 1, batchSize: nil)
    #expect(augmented.classifier.network == expected.classifier.network && augmented.costs == expected.costs)
    #expect(
      try train(.none, on: dataset, iterations: 1, batchSize: nil).classifier.network != expected.classifier.network)
  }

  @Test("only training images are augmented: without updates, scores and validation results are unchanged")
  func untouched() throws {
    let (dataset, test) = (try Self.images(), try Self.images(20, seed: 99))
    let network = Network(inputs: dataset.featureCount, hidden: [5], classes: 2, seed: 3)
    let runs = try [AugmentationTests.all, Augmentation.none].map { augmentation in
      try Trainer(.test(.adam, iterations: 0, augmentation: augmentation)).fit(network, to: dataset)
    }
    for part in [dataset, test] {
      #expect(try runs[0].classifier.evaluate(on: part).score == runs[1].classifier.evaluate(on: part).score)
    }
    // With a tiny learning rate the weights hardly change, so validation costs are equal unless images are augmented.
    let validationCosts = try [AugmentationTests.all, Augmentation.none].map { augmentation in
      let configuration = TrainingConfiguration.test(
        .gradientDescent, learningRate: 1e-12, iterations: 3, batchSize: 30, augmentation: augmentation,
        earlyStopping: EarlyStopping(patience: 5))
      return try Trainer(configuration).fit(network, to: dataset, validation: test).classifier.record.validation?
        .map(\.cost)
    }
    #expect(try #require(validationCosts[0]).count == 3)
    for (cost, expected) in zip(validationCosts[0] ?? [], validationCosts[1] ?? []) {
      #expect(abs(cost - expected) < 1e-9)
    }
  }

  @Test(
    "mirroring makes the weights symmetric: those of mirrored pixels differ by less than 30 percent"
  )
  func symmetry() throws {
    // Class 1 has one bright pixel, always on the left.
    let dataset = try Dataset(
      features: (0..<40).map { i in
        [UInt8](repeating: 20, count: 8).enumerated().map { $0 == 1 && i % 2 == 1 ? 255 : $1 }
      },
      examples: (0..<40).map { Example(file: "\($0)", label: $0 % 2) }, classNames: ["dark", "bright"],
      preprocessing: Preprocessing(size: ImageSize(width: 8, height: 1), color: .gray))
    func weights(_ augmentation: Augmentation) throws -> [Double] {
      try train(augmentation, on: dataset, iterations: 400).classifier.network.layers[0].weights.elements
    }
    let (mirrored, plain) = (try weights(Augmentation(mirror: true)), try weights(.none))
    #expect(mirrored[1] > 0.1 && abs(mirrored[6] - mirrored[1]) < 0.3 * mirrored[1])
    #expect(plain[1] > 0.1 && plain[6] < 0)
  }

  @Test("options that do not go with augmentation are refused")
  func refused() throws {
    let (dataset, mirror) = (try Self.images(), Augmentation(mirror: true))
    func fit(_ optimizer: Optimizer, learningRate: LearningRate? = nil, form: DescentForm? = nil) throws {
      let configuration = TrainingConfiguration.test(
        optimizer, learningRate: learningRate, iterations: 1, form: form, augmentation: mirror)
      _ = try Trainer(configuration).fit(.neuron(inputs: dataset.featureCount), to: dataset)
    }
    let dual = ConfigurationError("augmentation", "cannot be combined with the dual form; use the form auto")
    #expect(throws: dual) { try fit(.gradientDescent, learningRate: 1, form: .dual) }
    #expect(throws: TrainingError.noAutomaticRate("gradient descent")) { try fit(.gradientDescent) }
    let lbfgs = ConfigurationError(
      "augmentation", "cannot be combined with L-BFGS, which needs the same images in every iteration")
    #expect(throws: lbfgs) { try fit(.lbfgs) }
    #expect(throws: Never.self) { try fit(.gradientDescent, learningRate: 0.1) }
    #expect(throws: ConfigurationError("augmentation", "needs a rotation of 0 to 180 degrees (got 200.0)")) {
      try train(Augmentation(rotation: 200), on: dataset)
    }
  }

  // In a separate process, as in AllocationTests.
  @Test("augmentation adds no allocations to an iteration, except to start work on all cores")
  func memory() async {
    await #expect(processExitsWith: .success) {
      let dataset = try AugmentedTrainingTests.images(64)
      func allocations(_ augmentation: Augmentation) throws -> Int {
        var (first, last) = (0, 0)
        _ = try Trainer(.test(.adam, iterations: 110, batchSize: 64, augmentation: augmentation))
          .fit(.neuron(inputs: dataset.featureCount), to: dataset) { step in
            if step.iteration == 9 { first = allocation_count() }
            if step.iteration == 109 { last = allocation_count() }
          }
        return last - first
      }
      let (plain, augmented) = (try allocations(.none), try allocations(AugmentationTests.all))
      if augmented - plain > 600 {
        print("\(augmented) with augmentation, \(plain) without")
        fflush(nil)
        exit(1)
      }
    }
  }
}
