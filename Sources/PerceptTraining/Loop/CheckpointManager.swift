import PerceptCluster
import PerceptDatasets
import PerceptIO
import PerceptLinearAlgebra
import PerceptModels

/// Reads and writes the checkpoints of one training run. In a cluster, rank 0 does both, and all ranks restore its state.
struct CheckpointManager {
  private let checkpoints: Checkpoints
  private let dataset: Dataset
  private let identity: () -> TrainingIdentity
  private var knownIdentity: TrainingIdentity?
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  /// `identity` is called only if needed, because it reads all pixels.
  init(_ checkpoints: Checkpoints, of dataset: Dataset, identity: @escaping () -> TrainingIdentity) {
    self.checkpoints = checkpoints
    self.dataset = dataset
    self.identity = identity
    last = clock.now
  }

  func isDue(after iteration: Int) -> Bool {
    guard Cluster.isRoot else { return false }
    return switch checkpoints.interval {
    case .iterations(let count): iteration % max(count, 1) == 0
    case .seconds(let seconds): clock.now - last >= .seconds(seconds)
    case nil: false
    }
  }

  /// Replaces the checkpoint; if it cannot be written, the next one is due after the usual interval. Throws `FileError` if
  /// it cannot be written, or if the dataset has changed and the state is therefore wrong.
  mutating func write(_ classifier: Classifier, _ archive: StateArchive) throws {
    guard Cluster.isRoot else { return }
    defer { last = clock.now }
    let identity = knownIdentity ?? identity()
    knownIdentity = identity
    try dataset.checkUnchanged()
    try Checkpoint(classifier: classifier, identity: identity.json, state: archive.lists).write(to: checkpoints.path)
  }

  /// Restores the state from the checkpoint, if resuming is requested and the file exists. Throws
  /// ``TrainingError/otherTraining(path:differences:)`` if it belongs to another run, `ModelError` if it is damaged,
  /// and `FileError` if it cannot be read. Collective in a cluster.
  mutating func restore(_ body: (inout StateArchive) throws -> Void) throws {
    guard checkpoints.resumes, let state = try storedState() else { return }
    do {
      var archive = StateArchive(state)
      try body(&archive)
    } catch let mismatch as StateArchive.Mismatch {
      throw ModelError.notAModel(
        path: checkpoints.path, problem: "the state \"\(mismatch.name)\" is missing or damaged")
    }
  }

  /// Returns the state in the checkpoint; nil if the file does not exist.
  private mutating func storedState() throws -> [String: [Double]]? {
    guard Cluster.isRoot else { return Cluster.current?.broadcastState(nil) }
    guard FileSystem.kind(of: checkpoints.path) != nil else { return Cluster.current?.broadcastState(nil) }
    let (checkpoint, identity) = (try Checkpoint(contentsOf: checkpoints.path), identity())
    knownIdentity = identity
    let differences = identity.differences(from: checkpoint.identity)
    guard differences.isEmpty else {
      throw TrainingError.otherTraining(path: checkpoints.path, differences: differences)
    }
    return Cluster.current?.broadcastState(checkpoint.state) ?? checkpoint.state
  }
}

extension Cluster {
  /// Returns the state that rank 0 passes; nil if it passes nil.
  fileprivate func broadcastState(_ state: [String: [Double]]?) -> [String: [Double]]? {
    let names = broadcast(Array((state?.keys.sorted() ?? []).joined(separator: "\n").utf8))
    let sorted = String(decoding: names, as: UTF8.self).split(separator: "\n").map(String.init)
    guard !sorted.isEmpty else { return nil }
    return Dictionary(
      uniqueKeysWithValues: sorted.map { name in
        let bytes = broadcast((state?[name] ?? []).withUnsafeBytes { Array($0) })
        return (name, bytes.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) })
      })
  }
}
