import PerceptDatasets
import PerceptIO
import PerceptLinearAlgebra
import PerceptModels

/// Reads and writes the checkpoints of one training run.
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
    switch checkpoints.interval {
    case .iterations(let count): iteration % max(count, 1) == 0
    case .seconds(let seconds): clock.now - last >= .seconds(seconds)
    case nil: false
    }
  }

  /// Replaces the checkpoint; if it cannot be written, the next one is due after the usual interval. Throws `FileError` if
  /// it cannot be written, or if the dataset has changed and the state is therefore wrong.
  mutating func write(_ classifier: Classifier, _ archive: StateArchive) throws {
    defer { last = clock.now }
    let identity = knownIdentity ?? identity()
    knownIdentity = identity
    try dataset.checkUnchanged()
    try Checkpoint(classifier: classifier, identity: identity.json, state: archive.lists).write(to: checkpoints.path)
  }

  /// Restores the state from the checkpoint, if resuming is requested and the file exists. Throws
  /// ``TrainingError/otherTraining(path:differences:)`` if it belongs to another run, `ModelError` if it is damaged,
  /// and `FileError` if it cannot be read.
  mutating func restore(_ body: (inout StateArchive) throws -> Void) throws {
    guard checkpoints.resumes, FileSystem.kind(of: checkpoints.path) != nil else { return }
    let (checkpoint, identity) = (try Checkpoint(contentsOf: checkpoints.path), identity())
    knownIdentity = identity
    let differences = identity.differences(from: checkpoint.identity)
    guard differences.isEmpty else {
      throw TrainingError.otherTraining(path: checkpoints.path, differences: differences)
    }
    do {
      var archive = StateArchive(checkpoint.state)
      try body(&archive)
    } catch let mismatch as StateArchive.Mismatch {
      throw ModelError.notAModel(
        path: checkpoints.path, problem: "the state \"\(mismatch.name)\" is missing or damaged")
    }
  }
}
