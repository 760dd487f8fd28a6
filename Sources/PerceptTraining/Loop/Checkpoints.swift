/// The location and interval of checkpoints, from which an interrupted training run can be resumed. A checkpoint is a
/// model file that also contains the state of the run (see Guides/ModelFile.md). Writing is atomic: if the process is
/// killed, the file contains the last complete checkpoint. A resumed run produces the same model file, byte for byte,
/// as an uninterrupted one.
public struct Checkpoints: Sendable, Hashable {
  /// The interval between checkpoints.
  public enum Interval: Sendable, Hashable {
    /// A number of seconds. The checkpoint is written at the end of the iteration.
    case seconds(Double)
    /// A number of iterations.
    case iterations(Int)
  }

  /// The path of the checkpoint file, which each checkpoint replaces.
  public let path: String
  /// The interval; nil writes a checkpoint only if the observer of the run throws an error.
  public let interval: Interval?
  /// Whether to resume from the file if it exists.
  public let resumes: Bool

  /// Creates a description of checkpoints.
  ///
  /// - Parameters:
  ///   - path: the path of the checkpoint file, which each checkpoint replaces.
  ///   - interval: the interval; nil writes a checkpoint only if the observer of the run throws an error.
  ///   - resumes: whether to resume from the file if it exists.
  public init(at path: String, every interval: Interval? = .seconds(30), resuming resumes: Bool = false) {
    self.path = path
    self.interval = interval
    self.resumes = resumes
  }
}
