import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptModels
import PerceptPlatform
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Checkpoints")
struct CheckpointTests {
  struct Stop: Error {}

  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("a.checkpoint")
  }

  /// Every optimizer in every form that it has, with and without early stopping.
  static let trainers: [Trainer] = [nil, EarlyStopping(patience: 30, every: 2)].flatMap { earlyStopping in
    func trainer(
      _ optimizer: Optimizer, learningRate: LearningRate? = nil, form: DescentForm? = nil, batchSize: Int? = nil,
      schedule: Schedule? = nil, warmUp: Double? = nil, augmentation: Augmentation? = nil
    ) -> Trainer {
      Trainer(
        .test(
          optimizer, learningRate: learningRate, iterations: 40, l2: 0.1, form: form, batchSize: batchSize,
          schedule: schedule, warmUp: warmUp, augmentation: augmentation, earlyStopping: earlyStopping, seed: 4))
    }
    return [DescentForm.primal, .dual].flatMap { form in
      [
        trainer(.gradientDescent, learningRate: 0.01, form: form, schedule: .cosine, warmUp: 0.1),
        trainer(.momentum, learningRate: 0.01, form: form), trainer(.nesterov, learningRate: 0.01, form: form),
        trainer(.lbfgs, form: form),
      ]
    } + [
      trainer(.momentum, learningRate: 0.01, batchSize: 8), trainer(.adam, batchSize: 8, schedule: .cosine),
      trainer(.adamW, batchSize: 7),
      trainer(.adam, batchSize: 7, augmentation: Augmentation(mirror: true, shift: 0.1, brightness: 0.2)),
    ]
  }

  static func splits() throws -> (training: Dataset, validation: Dataset) {
    let all = try randomDataset(examples: 50, features: 30, classes: 3, seed: 71)
    let (training, validation) = all.split(test: 0.4, seed: 2)
    return (training, validation)
  }

  static let network = Variant(hidden: [4], classes: 3).network(inputs: 30)

  /// Resumes from the checkpoint, and stops after a number of further iterations.
  func run(_ trainer: Trainer, for count: Int, every interval: Checkpoints.Interval? = nil) throws -> TrainingRun {
    let (training, validation) = try Self.splits()
    var seen = 0
    return try trainer.fit(
      Self.network, to: training, validation: validation,
      checkpoints: Checkpoints(at: path, every: interval, resuming: true)
    ) { _ in
      seen += 1
      if seen == count { throw Stop() }
    }
  }

  @Test("a training that is interrupted repeatedly ends with the same bytes", arguments: trainers)
  func resumed(trainer: Trainer) throws {
    let (training, validation) = try Self.splits()
    let whole = try trainer.fit(Self.network, to: training, validation: validation)
    for step in [3, 13] {
      var (run, interruptions): (TrainingRun?, Int) = (nil, 0)
      while run == nil {
        do { run = try self.run(trainer, for: step) } catch is Stop { interruptions += 1 }
      }
      #expect(
        interruptions == (whole.costs.count == 40 && trainer.configuration.batchSize == nil ? 40 / step : interruptions)
      )
      #expect(interruptions > 1)
      #expect(try run?.classifier.encoded() == whole.classifier.encoded())
      try FileSystem.remove(path)
    }
  }

  @Test("a checkpoint is a model file with the weights of that iteration")
  func model() throws {
    let (training, _) = try Self.splits()
    for trainer in [
      Trainer(.test(.gradientDescent, learningRate: 0.01, iterations: 30)), Trainer(.test(.adam, iterations: 30)),
    ] {
      #expect(throws: Stop.self) { try run(trainer, for: 12) }
      let shorter = Trainer(.test(from: trainer.configuration, iterations: 12))
      let expected = try shorter.fit(Self.network, to: training).classifier.network
      #expect(try Classifier(contentsOf: path).network == expected)
      try FileSystem.remove(path)
    }
  }

  @Test("checkpoints are written after a number of iterations or seconds")
  func intervals() throws {
    let (training, _) = try Self.splits()
    for (interval, iterations) in [(Checkpoints.Interval.iterations(10), 20), (.seconds(1e-9), 25)] {
      let trainer = Trainer(.test(.gradientDescent, learningRate: 0.01, iterations: 25))
      _ = try trainer.fit(Self.network, to: training, checkpoints: Checkpoints(at: path, every: interval))
      #expect(try Checkpoint(contentsOf: path).state["costs"]?.count == iterations)
      try FileSystem.remove(path)
    }
    _ = try Trainer(.test(iterations: 5)).fit(.softmax(training), to: training, checkpoints: Checkpoints(at: path))
    #expect(FileSystem.kind(of: path) == nil)
  }

  @Test("the checkpoint of a training with another option is refused, and the difference is named")
  func others() throws {
    let base = TrainingConfiguration.test(
      .momentum, learningRate: 0.01, momentum: 0.8, iterations: 40, l2: 0.1, batchSize: 8,
      earlyStopping: EarlyStopping(patience: 3, every: 2))
    #expect(throws: Stop.self) { try run(Trainer(base), for: 3) }
    let others: [(String, TrainingConfiguration)] = [
      ("l2 was 0.1, is 0.2", .test(from: base, l2: 0.2)), ("l1 was 0, is 0.1", .test(from: base, l1: 0.1)),
      ("classWeights was equal, is balanced", .test(from: base, classWeights: .balanced)),
      ("labelSmoothing was 0, is 0.1", .test(from: base, labelSmoothing: 0.1)),
      ("optimizer was momentum, is nesterov", .test(from: base, .nesterov)),
      ("momentum was 0.8, is 0.7", .test(from: base, momentum: 0.7)),
      ("learningRate was 0.01, is 0.02", .test(from: base, learningRate: 0.02)),
      ("iterations was 40, is 41", .test(from: base, iterations: 41)),
      ("scaling was unit, is standardized", .test(from: base, scaling: .standardized)),
      ("form was auto, is primal", .test(from: base, form: .primal)),
      ("batchSize was 8, is 9", .test(from: base, batchSize: 9)),
      ("schedule was constant, is cosine", .test(from: base, schedule: .cosine)),
      ("warmUp was 0, is 0.1", .test(from: base, warmUp: 0.1)),
      ("augmentation was none, is mirror", .test(from: base, augmentation: Augmentation(mirror: true))),
      (
        "earlyStopping was {every: 2, patience: 3}, is {every: 2, patience: 4}",
        .test(from: base, earlyStopping: EarlyStopping(patience: 4, every: 2))
      ),
      (
        "earlyStopping was {every: 2, patience: 3}, is {every: 1, patience: 3}",
        .test(from: base, earlyStopping: EarlyStopping(patience: 3))
      ),
      ("seed was 0, is 1", .test(from: base, seed: 1)),
    ]
    for (difference, configuration) in others {
      #expect(throws: TrainingError.otherTraining(path: path, differences: [difference])) {
        try run(Trainer(configuration), for: 3)
      }
    }
    // A new option must be added to the list. There is only one loss.
    let changed = Set(others.flatMap { $1.changes(from: base).keys })
    #expect(changed.union(["loss"]) == Set(Mirror(reflecting: base).children.compactMap(\.label)))
  }

  @Test("the checkpoint of a training with other images, labels or weights is refused")
  func otherData() throws {
    let (training, validation) = try Self.splits()
    let trainer = Trainer(.test(iterations: 4, earlyStopping: EarlyStopping(patience: 3)))
    let checkpoints = Checkpoints(at: path, every: .iterations(2), resuming: true)
    let neurons = Network.softmax(training)
    _ = try trainer.fit(neurons, to: training, validation: validation, checkpoints: checkpoints)
    _ = try trainer.fit(neurons, to: training, validation: validation, checkpoints: checkpoints)
    func differences(_ network: Network, _ training: Dataset, _ validation: Dataset) -> [String] {
      do {
        _ = try trainer.fit(network, to: training, validation: validation, checkpoints: checkpoints)
      } catch TrainingError.otherTraining(_, let differences) {
        return differences
      } catch {
        return ["\(error)"]
      }
      return []
    }
    let others = Array((0..<training.count).reversed())
    #expect(differences(neurons, training.subset(others), validation) == ["different trainingImages"])
    #expect(differences(neurons, training, training) == ["different validationImages"])
    var moved = neurons
    moved.layers[0].bias[0] = 1
    #expect(differences(moved, training, validation) == ["different initialWeights"])
  }

  @Test("a damaged checkpoint and a model file without a checkpoint are refused")
  func damaged() throws {
    let trainer = Trainer(.test(.adam, iterations: 40, batchSize: 8))
    #expect(throws: Stop.self) { try run(trainer, for: 3) }
    let bytes = try FileSystem.read(path)
    for length in [0, 7, 100, bytes.count / 2, bytes.count - 1] {
      try FileSystem.write(Array(bytes.prefix(length)), to: path, replacing: true)
      #expect(throws: ModelError.self) { try run(trainer, for: 3) }
    }
    try Classifier(decoding: bytes, named: "").write(to: path, replacing: true)
    #expect { try run(trainer, for: 3) } throws: { "\($0)".contains("not a checkpoint") }
    let checkpoint = try {
      try FileSystem.write(bytes, to: path, replacing: true); return try Checkpoint(contentsOf: path)
    }()
    #expect(!checkpoint.state.isEmpty)
    for (name, values) in checkpoint.state where !values.isEmpty {
      for broken in [nil, [], values.map { _ in 1e300 }, values + [0]]
      where !(name == "costs.sum" && broken?.count == 1) {
        var state = checkpoint.state
        state[name] = broken
        try Checkpoint(classifier: checkpoint.classifier, identity: checkpoint.identity, state: state).write(to: path)
        // With the right count, any numbers are accepted; they must not crash.
        if broken?.count == values.count, broken?.first == 1e300, !Self.isWhole(name) {
          _ = try? run(trainer, for: 3)
        } else {
          #expect(throws: ModelError.self, "\(name) \(broken?.count ?? -1)") { try run(trainer, for: 3) }
        }
      }
    }
  }

  @Test("a state that contradicts itself, or has numbers that no training has, is refused")
  func contradictions() throws {
    let trainer = Trainer(.test(.adam, iterations: 40, batchSize: 8, earlyStopping: EarlyStopping(patience: 3)))
    // An epoch has four batches.
    #expect(throws: Stop.self) { try run(trainer, for: 6) }
    let checkpoint = try Checkpoint(contentsOf: path)
    let damages: [(String, [Double])] = [
      ("iteration", [0x1p62]), ("iteration", [5]), ("iteration", [-1]), ("updates", [0x1p62]), ("updates", [0.5]),
      ("costs.weight", [0x1p62]), ("costs.weight", [0]), ("costs.pending", [0x1p62]), ("costs.pending", [0]),
      ("costs.sum", [.nan]), ("costs", []), ("costs", [1, 1]), ("costs", [.infinity]), ("sampler.next", [-1]),
      ("looks.iteration", [-1]), ("looks.iteration", [0x1p62]), ("looks.cost", [.nan]), ("looks.accuracy", [2]),
      ("looks.best", [1]),
    ]
    for (name, values) in damages {
      var state = checkpoint.state
      #expect(state.updateValue(values, forKey: name) != nil)
      try Checkpoint(classifier: checkpoint.classifier, identity: checkpoint.identity, state: state).write(to: path)
      #expect(throws: ModelError.self, "\(name) \(values)") { try run(trainer, for: 1) }
    }
  }

  @Test("weights of a state that are not finite are never part of a model")
  func notFinite() throws {
    let trainer = Trainer(.test(.momentum, learningRate: 0.01, iterations: 40, batchSize: 8))
    #expect(throws: Stop.self) { try run(trainer, for: 9) }
    let checkpoint = try Checkpoint(contentsOf: path)
    for names in [["parameters"], ["best"], ["parameters", "best"]] {
      var state = checkpoint.state
      for name in names { state[name] = state[name]?.map { _ in .nan } }
      try Checkpoint(classifier: checkpoint.classifier, identity: checkpoint.identity, state: state).write(to: path)
      let result = try? run(trainer, for: 100)
      #expect(result?.classifier.network.isBounded() != false)
      #expect((result == nil) == (names.count == 2), "\(names)")
    }
  }

  private static func isWhole(_ name: String) -> Bool {
    ["iteration", "costs.weight", "costs.pending", "updates"].contains(name) || name.hasPrefix("sampler.")
  }

  @Test("a checkpoint that cannot be written is reported once each time, keeps the file, and does not end the training")
  func unwritable() throws {
    let (training, _) = try Self.splits()
    let trainer = Trainer(.test(.momentum, learningRate: 0.01, iterations: 10))
    let plain = try trainer.fit(Self.network, to: training)
    let path = try folder.makeFolder("there") + "/a.checkpoint"
    var failures: [Int] = []
    var kept: [[UInt8]] = []
    let run = try trainer.fit(
      Self.network, to: training, checkpoints: Checkpoints(at: path, every: .iterations(2))
    ) { step in
      if step.checkpointFailure != nil { failures.append(step.iteration) }
      // Without their folder, the checkpoints after iterations 3 and 5 cannot be written.
      if step.iteration == 3 { rename(folder.path("there"), folder.path("away")) }
      if step.iteration == 6 { rename(folder.path("away"), folder.path("there")) }
      if (3...5).contains(step.iteration) { kept.append(try FileSystem.read(folder.path("away/a.checkpoint"))) }
    }
    #expect(failures == [4, 6])
    #expect(Set(kept).count == 1 && kept.count == 3)
    #expect(try FileSystem.read(path) != kept[0])
    #expect(try run.classifier.encoded() == plain.classifier.encoded())
  }

  @Test("an interrupted training whose checkpoint cannot be written throws that error")
  func unwritableAtTheEnd() throws {
    let (training, _) = try Self.splits()
    let path = folder.path("none/a.checkpoint")
    #expect(throws: FileError(path, .unwritable("No such file or directory"))) {
      try Trainer(.test(learningRate: 0.01, iterations: 10)).fit(
        Self.network, to: training, checkpoints: Checkpoints(at: path)
      ) { _ in throw Stop() }
    }
  }

  @Test("neither a checkpoint nor a model or a score comes from a cache file that was overwritten")
  func overwritten() throws {
    try folder.addImages([("data/a", 6), ("data/b", 6)])
    let cache = PixelCache(folder: folder.path("cache"))
    let dataset = try Dataset(DataSource(folder.path("data")), preprocessing: Preprocessing(imageSize: 8), cache: cache)
    let file = try #require(cache.entries().first).file
    let network = Network(inputs: dataset.featureCount, hidden: [], classes: 2)
    let trainer = Trainer(.test(iterations: 10))
    let classifier = try trainer.fit(network, to: dataset).classifier
    #expect(throws: FileError(file, .changed)) {
      try trainer.fit(network, to: dataset, checkpoints: Checkpoints(at: path, every: .iterations(1))) { step in
        guard step.iteration == 4 else { return }
        let descriptor = open(file, O_WRONLY)
        defer { close(descriptor) }
        #expect(pwrite(descriptor, [1, 2, 3], 3, 4096) == 3)
      }
    }
    #expect(try Checkpoint(contentsOf: path).state["iteration"] == [4])
    #expect(throws: FileError(file, .changed)) { try trainer.fit(network, to: dataset) }
    #expect(throws: FileError(file, .changed)) { try classifier.evaluate(on: dataset) }
  }
}

extension Network {
  /// One neuron for each class.
  fileprivate static func softmax(_ dataset: Dataset) -> Network {
    Network(inputs: dataset.featureCount, hidden: [], classes: dataset.classNames.count)
  }
}
