import PerceptDatasets
import PerceptIO
import PerceptLinearAlgebra
import PerceptModels

/// Reads and writes the checkpoints of one training.
struct CheckpointManager {
  private let checkpoints: Checkpoints
  private let identity: () -> [String: String]
  private var knownIdentity: [String: String]?
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  /// - Parameters:
  ///   - checkpoints: where and how often.
  ///   - identity: all that decides where the training goes, by name; only asked where it is needed, because it reads all pixels.
  init(_ checkpoints: Checkpoints, identity: @escaping () -> [String: String]) {
    self.checkpoints = checkpoints
    self.identity = identity
    last = clock.now
  }

  /// Whether it is time for one.
  func isDue(after iteration: Int) -> Bool {
    switch checkpoints.interval {
    case .iterations(let count): iteration % max(count, 1) == 0
    case .seconds(let seconds): clock.now - last >= .seconds(seconds)
    case nil: false
    }
  }

  /// Writes one.
  mutating func write(_ classifier: Classifier, _ archive: StateArchive) throws {
    let identity = knownIdentity ?? identity()
    knownIdentity = identity
    try Checkpoint(classifier: classifier, identity: identity, state: archive.lists).write(to: checkpoints.path)
    last = clock.now
  }

  /// Takes the numbers of the last one, where the training is to go on from it and it is there.
  ///
  /// - Throws: ``TrainingError/otherTraining(path:differences:)`` when it is of another training.
  mutating func restore(_ body: (inout StateArchive) throws -> Void) throws {
    guard checkpoints.resumes, FileSystem.kind(of: checkpoints.path) != nil else { return }
    let (checkpoint, identity) = (try Checkpoint(contentsOf: checkpoints.path), identity())
    knownIdentity = identity
    let differences = Set(checkpoint.identity.keys).union(identity.keys).sorted().compactMap { name -> String? in
      let (then, now) = (checkpoint.identity[name] ?? "none", identity[name] ?? "none")
      if then == now { return nil }
      return (then + now).contains("#") ? "other \(name)" : "\(name) \(then) then, \(now) now"
    }
    guard differences.isEmpty else {
      throw TrainingError.otherTraining(path: checkpoints.path, differences: differences)
    }
    do {
      var archive = StateArchive(checkpoint.state)
      try body(&archive)
    } catch let mismatch as StateArchive.Mismatch {
      throw ModelError.notAModel(
        path: checkpoints.path, problem: "its state \"\(mismatch.name)\" is missing or damaged")
    }
  }
}

extension Trainer {
  /// All that decides where a training goes, by name: trainings of equal identity take the same way.
  func identity(_ network: Network, _ dataset: Dataset, _ validation: Dataset?) -> [String: String] {
    var weights = Fingerprint()
    for layer in network.layers {
      for value in layer.weights.elements { weights.add(value.bitPattern) }
      for value in layer.bias { weights.add(value.bitPattern) }
    }
    var identity = [
      "optimizer": optimizer.name, "momentum": optimizer.momentum.map { "\($0)" },
      "learning rate": optimizer.learningRate == .automatic ? "auto" : nil, "iterations": "\(iterations)",
      "L1": "\(objective.l1)", "L2": "\(objective.l2)", "class weights": "\(objective.classWeights)",
      "label smoothing": "\(objective.labelSmoothing)", "scale": scale.rawValue, "form": form.rawValue,
      "batch size": batchSize.map { "\($0)" }, "schedule": schedule.name, "seed": "\(seed)",
      "augmentation": augmentation == .none ? nil : augmentation.name,
      "patience": stopping.map { "\($0.patience)" }, "iterations between looks": stopping.map { "\($0.every)" },
      "layers": ([network.inputs] + network.layers.map(\.bias.count)).map { "\($0)" }.joined(separator: "-"),
      "activations": network.layers.map(\.activation.rawValue).joined(separator: ", "),
      "initial weights": "#" + weights.text, "training pictures": dataset.fingerprint,
      "validation pictures": stopping == nil ? nil : validation?.fingerprint,
    ].compactMapValues(\.self)
    if case .fixed(let rate) = optimizer.learningRate { identity["learning rate"] = "\(rate)" }
    return identity
  }
}

extension Dataset {
  /// How many examples there are, and a sum of all that they are.
  fileprivate var fingerprint: String {
    var sum = Fingerprint()
    for name in classNames { Array("\(name)\n".utf8).withUnsafeBytes { sum.add($0) } }
    for (index, example) in examples.enumerated() {
      sum.add(UInt64(example.label))
      withFeatures(of: index) { sum.add(UnsafeRawBufferPointer($0)) }
    }
    return "\(count) #\(sum.text)"
  }
}
