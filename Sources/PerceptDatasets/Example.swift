/// One labelled picture of a dataset.
public struct Example: Sendable, Hashable {
  /// Where it came from: a path, or that of an IDX file with the picture's index, `train-images-idx3-ubyte#17`.
  public let file: String
  /// The index of its class in the dataset's class names.
  public let label: Int
  /// The part that the data itself assigns it to, nil where the data does not say.
  public let split: Split?

  /// An example.
  ///
  /// - Parameters:
  ///   - file: where it came from.
  ///   - label: the index of its class.
  ///   - split: the part that the data assigns it to, if any.
  public init(file: String, label: Int, split: Split? = nil) {
    self.file = file
    self.label = label
    self.split = split
  }
}

/// What an example is used for.
public enum Split: String, Sendable, Hashable, CaseIterable {
  /// The neuron learns from these.
  case training = "train"
  /// Settings are chosen by these.
  case validation = "val"
  /// These only judge, once everything is chosen.
  case test

  /// The part that a folder or a label file calls by this name, nil where it is not one.
  package init?(named name: some StringProtocol) {
    switch name.lowercased() {
    case "train", "training": self = .training
    case "val", "valid", "validation": self = .validation
    case "test", "testing": self = .test
    default: return nil
    }
  }
}

/// A file that was left aside, and why.
public struct SkippedFile: Sendable, Hashable {
  /// The file.
  public let file: String
  /// Why, in one sentence that does not repeat the file's name.
  public let reason: String

  /// A file left aside.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - reason: why, without the file's name.
  public init(file: String, reason: String) {
    self.file = file
    self.reason = reason
  }
}
