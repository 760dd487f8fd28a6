import PerceptDatasets
import PerceptIO
import PerceptModels
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
  static let trainers: [Trainer] = [nil, EarlyStopping(patience: 30, every: 2)].flatMap { stopping in
    func trainer(
      _ optimizer: Optimizer, l2: Double = 0.1, form: DescentForm = .automatic, batchSize: Int? = nil,
      schedule: Schedule = Schedule(), augmentation: Augmentation = .none
    ) -> Trainer {
      Trainer(
        minimizing: Objective(.crossEntropy, l2: l2), with: optimizer, iterations: 40, form: form,
        batchSize: batchSize, schedule: schedule, augmentation: augmentation, stopping: stopping, seed: 4)
    }
    return [DescentForm.primal, .dual].flatMap { form in
      [
        trainer(.gradientDescent(learningRate: 0.01), form: form, schedule: Schedule(.cosine, warmUp: 0.1)),
        trainer(.momentum(learningRate: 0.01), form: form), trainer(.nesterov(learningRate: 0.01), form: form),
        trainer(.lbfgs, form: form),
      ]
    } + [
      trainer(.momentum(learningRate: 0.01), batchSize: 8), trainer(.adam(), batchSize: 8, schedule: Schedule(.cosine)),
      trainer(.adamW(), batchSize: 7),
      trainer(.adam(), batchSize: 7, augmentation: Augmentation(mirror: true, shift: 0.1, brightness: 0.2)),
    ]
  }

  static func parts() throws -> (training: Dataset, validation: Dataset) {
    let all = try randomDataset(examples: 50, features: 30, classes: 3, seed: 71)
    let (training, validation) = all.split(test: 0.4, seed: 2)
    return (training, validation)
  }

  static let network = Variant(hidden: [4], classes: 3).network(inputs: 30)

  /// Stops after so many iterations of this process; goes on where the last one stood.
  func run(_ trainer: Trainer, for count: Int, every interval: Checkpoints.Interval? = nil) throws -> TrainingRun {
    let (training, validation) = try Self.parts()
    var seen = 0
    return try trainer.fit(
      Self.network, to: training, validation: validation,
      checkpoints: Checkpoints(at: path, every: interval, resuming: true)
    ) { _ in
      seen += 1
      if seen == count { throw Stop() }
    }
  }

  @Test("interrupted again and again, a training ends with the same bytes", arguments: trainers)
  func resumed(trainer: Trainer) throws {
    let (training, validation) = try Self.parts()
    let whole = try trainer.fit(Self.network, to: training, validation: validation)
    for step in [3, 13] {
      var (run, interruptions): (TrainingRun?, Int) = (nil, 0)
      while run == nil {
        do { run = try self.run(trainer, for: step) } catch is Stop { interruptions += 1 }
      }
      #expect(interruptions == (whole.costs.count == 40 && trainer.batchSize == nil ? 40 / step : interruptions))
      #expect(interruptions > 1)
      #expect(try run?.classifier.encoded() == whole.classifier.encoded())
      try FileSystem.remove(path)
    }
  }

  @Test("a checkpoint is the model that the training has come to")
  func model() throws {
    let (training, _) = try Self.parts()
    for trainer in [
      Trainer(with: .gradientDescent(learningRate: 0.01), iterations: 30), Trainer(with: .adam(), iterations: 30),
    ] {
      #expect(throws: Stop.self) { try run(trainer, for: 12) }
      let shorter = Trainer(with: trainer.optimizer, iterations: 12)
      let expected = try shorter.fit(Self.network, to: training).classifier.network
      #expect(try Classifier(contentsOf: path).network == expected)
      try FileSystem.remove(path)
    }
  }

  @Test("one is written after so many iterations, and after so much time")
  func intervals() throws {
    let (training, _) = try Self.parts()
    for (interval, iterations) in [(Checkpoints.Interval.iterations(10), 20), (.seconds(1e-9), 25)] {
      let trainer = Trainer(with: .gradientDescent(learningRate: 0.01), iterations: 25)
      _ = try trainer.fit(Self.network, to: training, checkpoints: Checkpoints(at: path, every: interval))
      #expect(try Checkpoint(contentsOf: path).state["costs"]?.count == iterations)
      try FileSystem.remove(path)
    }
    _ = try Trainer(iterations: 5).fit(.softmax(training), to: training, checkpoints: Checkpoints(at: path))
    #expect(FileSystem.kind(of: path) == nil)
  }

  @Test("the checkpoint of another training is refused, and what differs is named")
  func others() throws {
    let trainer = Trainer(
      minimizing: Objective(.crossEntropy, l2: 0.1), with: .momentum(0.8, learningRate: 0.01), iterations: 40,
      batchSize: 8, stopping: EarlyStopping(patience: 3, every: 2))
    #expect(throws: Stop.self) { try run(trainer, for: 3) }
    func other(
      _ objective: Objective? = nil, _ optimizer: Optimizer? = nil, iterations: Int = 40, scale: FeatureScaling = .unit,
      form: DescentForm = .automatic, batchSize: Int? = 8, schedule: Schedule = Schedule(),
      augmentation: Augmentation = .none, stopping: EarlyStopping? = EarlyStopping(patience: 3, every: 2),
      seed: UInt64 = 0
    ) -> Trainer {
      Trainer(
        minimizing: objective ?? trainer.objective, with: optimizer ?? trainer.optimizer, iterations: iterations,
        scale: scale, form: form, batchSize: batchSize, schedule: schedule, augmentation: augmentation,
        stopping: stopping, seed: seed)
    }
    let others: [(String, Trainer)] = [
      ("L2 0.1 then, 0.2 now", other(Objective(.crossEntropy, l2: 0.2))),
      ("L1 0.0 then, 0.1 now", other(Objective(.crossEntropy, l2: 0.1, l1: 0.1))),
      ("class weights", other(Objective(.crossEntropy, l2: 0.1, classWeights: .balanced))),
      ("label smoothing", other(Objective(.crossEntropy, l2: 0.1, labelSmoothing: 0.1))),
      ("optimizer momentum then, Nesterov now", other(nil, .nesterov(0.8, learningRate: 0.01))),
      ("momentum 0.8 then, 0.7 now", other(nil, .momentum(0.7, learningRate: 0.01))),
      ("learning rate 0.01 then, 0.02 now", other(nil, .momentum(0.8, learningRate: 0.02))),
      ("iterations 40 then, 41 now", other(iterations: 41)), ("scale", other(scale: .standardize)),
      ("form", other(form: .primal)), ("batch size 8 then, 9 now", other(batchSize: 9)),
      ("schedule constant then, cosine now", other(schedule: Schedule(.cosine))),
      ("augmentation none then, mirror now", other(augmentation: Augmentation(mirror: true))),
      ("patience", other(stopping: EarlyStopping(patience: 4, every: 2))),
      ("iterations between looks", other(stopping: EarlyStopping(patience: 3))), ("seed 0 then, 1 now", other(seed: 1)),
    ]
    for (words, trainer) in others {
      #expect {
        try run(trainer, for: 3)
      } throws: { error in
        if case TrainingError.otherTraining(_, let differences) = error {
          differences.count == 1 && differences[0].contains(words)
        } else {
          false
        }
      }
    }
    // A setting that is added must be added to the list, too.
    #expect(Mirror(reflecting: trainer).children.count == 10)
  }

  @Test("other pictures, labels and weights are noticed")
  func otherData() throws {
    let (training, validation) = try Self.parts()
    let trainer = Trainer(iterations: 4, stopping: EarlyStopping(patience: 3))
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
    #expect(differences(neurons, training.subset(others), validation) == ["other training pictures"])
    #expect(differences(neurons, training, training) == ["other validation pictures"])
    var moved = neurons
    moved.layers[0].bias[0] = 1
    #expect(differences(moved, training, validation) == ["other initial weights"])
  }

  @Test("what is damaged, or only a model, is refused with its name")
  func damaged() throws {
    let trainer = Trainer(with: .adam(), iterations: 40, batchSize: 8)
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
    for (name, values) in checkpoint.state where !values.isEmpty {
      for broken in [nil, [], values.map { _ in 1e300 }, values + [0]]
      where !(name == "costs.sum" && broken?.count == 1) {
        var state = checkpoint.state
        state[name] = broken
        try Checkpoint(classifier: checkpoint.classifier, identity: checkpoint.identity, state: state).write(to: path)
        // Numbers of the right count may be any; nothing may crash.
        if broken?.count == values.count, broken?.first == 1e300, !Self.isWhole(name) {
          _ = try? run(trainer, for: 3)
        } else if !(name == "costs" && broken != nil) {
          #expect(throws: ModelError.self, "\(name) \(broken?.count ?? -1)") { try run(trainer, for: 3) }
        }
      }
    }
  }

  private static func isWhole(_ name: String) -> Bool {
    ["iteration", "costs.weight", "costs.pending", "updates"].contains(name) || name.hasPrefix("sampler.")
  }
}

extension Network {
  /// One neuron a class.
  fileprivate static func softmax(_ dataset: Dataset) -> Network {
    Network(inputs: dataset.featureCount, hidden: [], classes: dataset.classNames.count)
  }
}
