import CPerceptAllocationCounter
import Glibc
import PerceptDatasets
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Training with changed pictures")
struct AugmentedTrainingTests {
  /// Pictures of 6 x 6 pixels of two classes.
  static func images(_ count: Int = 30, seed: UInt64 = 61) throws -> Dataset {
    try Dataset(
      features: (0..<count).map { TestImages.sided($0 % 2, seed: seed + UInt64($0), side: 6).pixels },
      examples: (0..<count).map { Example(file: "\($0)", label: $0 % 2) }, classNames: ["left", "right"],
      preprocessing: Preprocessing(imageSize: 6))
  }

  func train(
    _ augmentation: Augmentation, on dataset: Dataset, seed: UInt64 = 1, iterations: Int = 20, batchSize: Int? = 8
  ) throws -> TrainingRun {
    try Trainer(
      with: .adam(), iterations: iterations, batchSize: batchSize, augmentation: augmentation, seed: seed
    ).fit(.neuron(inputs: dataset.featureCount), to: dataset)
  }

  @Test("the same seed gives the same model, another seed or no augmentation another")
  func determinism() throws {
    let (dataset, all) = (try Self.images(), AugmentationTests.all)
    let run = try train(all, on: dataset)
    #expect(try train(all, on: dataset).classifier == run.classifier)
    #expect(try train(.none, on: dataset).classifier.network != run.classifier.network)
    #expect(run.classifier.record.settings.augmentation == "mirror, shift 0.1, rotate 10, brightness 0.2")
    #expect(try train(.none, on: dataset).classifier.record.settings.augmentation == nil)
    // With everything in one batch the order does not count, so only the changes can differ.
    let seeds = try [1, 2].map { try train(all, on: dataset, seed: $0, batchSize: nil).costs[19] }
    let still = try [1, 2].map { try train(.none, on: dataset, seed: $0, batchSize: nil).costs[19] }
    #expect(abs(seeds[0] - seeds[1]) > 1e-4 && abs(still[0] - still[1]) < 1e-5)
  }

  @Test("a batch is what its changed pictures are: the training is that of a dataset that holds them")
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

  @Test("only what is trained on is changed: without an update, scores and looks are those of pictures as they are")
  func untouched() throws {
    let (dataset, test) = (try Self.images(), try Self.images(20, seed: 99))
    let network = Network(inputs: dataset.featureCount, hidden: [5], classes: 2, seed: 3)
    let runs = try [AugmentationTests.all, .none].map { augmentation in
      try Trainer(with: .adam(), iterations: 0, augmentation: augmentation).fit(network, to: dataset)
    }
    for part in [dataset, test] {
      #expect(try runs[0].classifier.evaluate(on: part).score == runs[1].classifier.evaluate(on: part).score)
    }
    // A step too small to be one: what the validation part costs is what it costs unchanged.
    let looks = try [AugmentationTests.all, .none].map { augmentation in
      try Trainer(
        with: .gradientDescent(learningRate: 1e-12), iterations: 3, batchSize: 30, augmentation: augmentation,
        stopping: EarlyStopping(patience: 5)
      ).fit(network, to: dataset, validation: test).classifier.record.validation?.map(\.cost)
    }
    #expect(try #require(looks[0]).count == 3)
    for (cost, expected) in zip(looks[0] ?? [], looks[1] ?? []) { #expect(abs(cost - expected) < 1e-9) }
  }

  @Test(
    "mirrored pictures teach both sides: a neuron that sees them has weights that are nearly as symmetric as they are large"
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

  @Test("what has no place for it says so")
  func refused() throws {
    let (dataset, mirror) = (try Self.images(), Augmentation(mirror: true))
    func fit(_ optimizer: Optimizer, form: DescentForm = .automatic) throws {
      _ = try Trainer(with: optimizer, iterations: 1, form: form, augmentation: mirror)
        .fit(.neuron(inputs: dataset.featureCount), to: dataset)
    }
    #expect(throws: TrainingError.noDualForm("augmentation")) {
      try fit(.gradientDescent(learningRate: 1), form: .dual)
    }
    #expect(throws: TrainingError.noAutomaticRate("gradient descent")) { try fit(.gradientDescent()) }
    #expect {
      try fit(.lbfgs)
    } throws: {
      "\($0)".contains("leave out the augmentation")
    }
    #expect(throws: Never.self) { try fit(.gradientDescent(learningRate: 0.1)) }
    #expect {
      try train(Augmentation(rotation: 200), on: dataset)
    } throws: {
      "\($0)".contains("180 degrees")
    }
  }

  // In a process of its own, as in AllocationTests.
  @Test("an iteration takes no memory but what starts work on all cores")
  func memory() async {
    await #expect(processExitsWith: .success) {
      let dataset = try AugmentedTrainingTests.images(64)
      func allocations(_ augmentation: Augmentation) throws -> Int {
        var (first, last) = (0, 0)
        _ = try Trainer(with: .adam(), iterations: 110, batchSize: 64, augmentation: augmentation)
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
