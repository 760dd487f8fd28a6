import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptInterpretation
import PerceptModels
import PerceptTestSupport
import PerceptTraining

extension FuzzTarget {
  /// The folder of the sources of all tests.
  static let testsFolder = FileSystem.folder(of: FileSystem.folder(of: FileSystem.folder(of: #filePath)))

  @Sendable static func model(folder: String) throws -> FuzzTarget {
    FuzzTarget(
      seeds: try models() + version1(endingIn: ".safetensors"), repair: Repair.safetensors,
      refusals: [ModelError.self, FeatureError.self]
    ) { bytes in
      let classifier = try Classifier(decoding: bytes, named: "x")
      let image = TestImages.photo(seed: 1, width: 9, height: 7)
      let prediction = try classifier.predict(image)
      let sum = prediction.probabilities.reduce(0, +)
      try require(
        abs(sum - 1) < 1e-9 && prediction.probability > 0, "the probabilities are \(prediction.probabilities)")
      let samples = classifier.preprocessing.grid.samples(of: image)
      _ = try Explanation(classifier, of: classifier.preprocessing.prepared(ofSamples: samples))
      try require(try Classifier(decoding: classifier.encoded(), named: "x") == classifier, "another model is written")
    }
  }

  /// A single layer for two and for more classes, hidden layers, and HOG.
  private static func models() throws -> [[UInt8]] {
    let small = Preprocessing(size: ImageSize(width: 4, height: 3), fit: .stretch)
    let hog = Preprocessing(imageSize: 16, color: .gray, extractor: .hog)
    return try [
      classifier(Preprocessing(imageSize: 3, color: .gray), classes: 2), classifier(small, classes: 3),
      classifier(small, hidden: [4, 3], classes: 2), classifier(small, hidden: [3], classes: 4, activation: .tanh),
      classifier(hog, classes: 3),
    ].map { try $0.encoded() }
  }

  private static func classifier(
    _ preprocessing: Preprocessing, hidden: [Int] = [], classes: Int, activation: Activation = .relu
  ) -> Classifier {
    let network = Network(
      inputs: preprocessing.featureCount, hidden: hidden, classes: classes, activation: activation,
      initialization: .xavier, seed: 1)
    var record = TrainingRecord(
      .test(learningRate: 0.1, iterations: 2, earlyStopping: EarlyStopping(patience: 2)), learningRate: 0.1,
      stableLearningRate: 0.2, costs: [0.7, 0.6],
      scores: ["test": Score(correct: 3, count: 4, majorityClass: "c0", majorityCount: 2)])
    record.validation = [.init(iteration: 1, cost: 0.5, accuracy: 0.75)]
    record.draw = SplitDraw(testFraction: 0.2, seed: 1)
    return Classifier(
      network: network, classNames: (0..<classes).map { "c\($0)" }, preprocessing: preprocessing, record: record,
      seen: SeenImages(training: [1, 7], validation: [9]), temperature: 1.5)
  }

  /// The files of version 1 in the tests of the program.
  private static func version1(endingIn ending: String) throws -> [[UInt8]] {
    let folder = FileSystem.path(testsFolder, "PerceptCommandTests/Fixtures/version1")
    return try FileSystem.names(inFolder: folder).filter { $0.hasSuffix(ending) }
      .map { try FileSystem.read(FileSystem.path(folder, $0)) }
  }

  /// Checkpoints, from which training is resumed.
  @Sendable static func checkpoint(folder: String) throws -> FuzzTarget {
    let path = FileSystem.path(folder, "checkpoint")
    let runs = try TrainingRuns(path: path)
    return FuzzTarget(
      seeds: try runs.checkpoints() + version1(endingIn: ".checkpoint"), repair: Repair.checkpoint,
      refusals: [ModelError.self, FeatureError.self, TrainingError.self]
    ) { bytes in
      try write(bytes, to: path)
      try runs.resume(Checkpoint(contentsOf: path))
    }
  }

  /// ONNX files, which are checked, but not run.
  @Sendable static func onnx(folder: String) throws -> FuzzTarget {
    let names = ["mobilenetv3-legacy", "resnet18-legacy", "vit-legacy", "vit-dynamic-legacy", "mobilenetv3-dynamo"]
    let seeds = try names.map { try FileSystem.read(TestBackbone.path($0)) }
    return FuzzTarget(seeds: seeds, refusals: [FeatureError.self]) { bytes in
      let backbone = try Backbone(bytes[...], named: "x")
      for size in [backbone.imageSize] + backbone.smallerSides.prefix(2).map({ ImageSize($0) }) {
        try Preprocessing(size: size, extractor: .backbone(backbone)).check()
      }
    }
  }
}

/// Training runs that stop halfway, with the optimizers and forms that have different states.
private struct TrainingRuns {
  private struct Stop: Error {}

  private let path: String
  private let dataset: Dataset
  private let validation: Dataset
  private let trainers: [Trainer]
  private let network: Network

  init(path: String) throws {
    self.path = path
    let preprocessing = Preprocessing(imageSize: 3, color: .gray)
    let images = (0..<18).map { TestImages.noise(seed: $0, width: 3, height: 3, color: .gray).pixels }
    let all = try Dataset(
      features: images, examples: images.indices.map { Example(file: "\($0)", label: $0 % 3) },
      classNames: ["a", "b", "c"], preprocessing: preprocessing)
    (dataset, validation) = all.split(test: 0.3, seed: 1)
    trainers = [
      Trainer(
        .test(
          .momentum, learningRate: 0.1, iterations: 12, form: .primal, earlyStopping: EarlyStopping(patience: 3))),
      Trainer(.test(.lbfgs, iterations: 12, l2: 0.01, form: .dual)),
      Trainer(.test(.adam, iterations: 12, batchSize: 5)),
    ]
    network = Network(inputs: preprocessing.featureCount, classes: 3)
  }

  func checkpoints() throws -> [[UInt8]] {
    try trainers.map { trainer in
      do {
        try fit(trainer, resuming: false) { if $0.iteration == 2 { throw Stop() } }
      } catch is Stop {}
      return try FileSystem.read(path)
    }
  }

  /// Resumes the run that a checkpoint is of.
  func resume(_ checkpoint: Checkpoint) throws {
    let optimizer = checkpoint.identity.members["configuration"]?.members["optimizer"]?.description
    let trainer = trainers.first { $0.configuration.optimizer.rawValue == optimizer } ?? trainers[0]
    try fit(trainer, resuming: true) { _ in }
  }

  private func fit(_ trainer: Trainer, resuming: Bool, observe: (Iteration) throws -> Void) throws {
    let checkpoints = Checkpoints(at: path, every: nil, resuming: resuming)
    let run = try trainer.fit(
      network, to: dataset, validation: validation, checkpoints: checkpoints, observe: observe)
    let copy = try Classifier(decoding: run.classifier.encoded(), named: "x")
    try require(copy == run.classifier, "another model is written")
  }
}
