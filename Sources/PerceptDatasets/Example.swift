/// A labeled image of a dataset.
public struct Example: Sendable, Hashable {
  /// The path of the image file. For an image in an IDX file, the path of that file, `#`, and the index of the image
  /// from 0, such as `train-images-idx3-ubyte#17`.
  public let file: String
  /// The index of the class in ``Dataset/classNames``.
  public let label: Int
  /// The split that the data assigns the image to; nil if it assigns none.
  public let split: Split?

  /// Creates an example.
  ///
  /// - Parameters:
  ///   - file: the path of the image, as in ``file``.
  ///   - label: the index of the class.
  ///   - split: the split that the data assigns the image to, if any.
  public init(file: String, label: Int, split: Split? = nil) {
    self.file = file
    self.label = label
    self.split = split
  }
}

/// The purpose that an example serves.
public enum Split: String, Sendable, Hashable, CaseIterable {
  /// Examples that a model is trained on.
  case training = "train"
  /// Examples that settings are chosen with.
  case validation = "val"
  /// Examples for the final evaluation only, after all settings are chosen.
  case test

  /// The word before "split" or "image": `training`, `validation`, or `test`.
  package var adjective: String {
    switch self {
    case .training: "training"
    case .validation: "validation"
    case .test: "test"
    }
  }

  /// The split whose word is in a name as a word of its own, ignoring case, as in `train`, `test_set`, or `PublicTest`;
  /// nil if there is none, or there are words of different splits.
  package init?(named name: some StringProtocol) {
    guard let name = SplitName(name) else { return nil }
    self = name.split
  }
}

/// A file that was left out because it could not be read.
public struct SkippedFile: Sendable, Hashable {
  /// The path of the file.
  public let file: String
  /// Why the file could not be read, without the file's name.
  public let reason: String

  /// Creates a skipped file.
  ///
  /// - Parameters:
  ///   - file: the path of the file.
  ///   - reason: why it could not be read, without the file's name.
  public init(file: String, reason: String) {
    self.file = file
    self.reason = reason
  }
}
