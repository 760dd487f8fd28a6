/// Where a training writes down where it stands, and how often, so that it can go on after an interruption.
///
/// A checkpoint is a model file that holds the optimizer's state besides (Guides/ModelFile.md). It is replaced as a whole, so
/// that whenever a process is killed, the last complete one stands there. A training that goes on from one ends with the same
/// bytes as one that was never interrupted.
public struct Checkpoints: Sendable, Hashable {
  /// How often.
  public enum Interval: Sendable, Hashable {
    /// After so many seconds, at the end of an iteration.
    case seconds(Double)
    /// After so many iterations.
    case iterations(Int)
  }

  /// The file, which is replaced.
  public let path: String
  /// How often it is written; nil only when the training's observer stops it.
  public let interval: Interval?
  /// Whether the training goes on from the file where it is there.
  public let resumes: Bool

  /// Checkpoints in one file.
  ///
  /// - Parameters:
  ///   - path: the file, which is replaced.
  ///   - interval: how often it is written; nil only when the training's observer stops it.
  ///   - resumes: whether the training goes on from the file where it is there.
  public init(at path: String, every interval: Interval? = .seconds(30), resuming resumes: Bool = false) {
    self.path = path
    self.interval = interval
    self.resumes = resumes
  }
}
