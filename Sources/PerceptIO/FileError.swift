/// Why the file system said no, and of which path.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// The kinds of refusal that callers tell apart (a command line maps them to exit codes).
  public enum Reason: Sendable, Equatable {
    /// Nothing exists at the path.
    case notFound
    /// Something exists at the path and may not be replaced.
    case alreadyExists
    /// A folder stands where a file was wanted.
    case isFolder
    /// A file stands where a folder was wanted.
    case isNotFolder
    /// It holds more bytes than are read.
    case tooLarge(limit: Int)
    /// Any other failure to read, in the system's words.
    case unreadable(String)
    /// Any other failure to write, in the system's words.
    case unwritable(String)
  }

  /// The path as the caller gave it.
  public let path: String
  /// What was wrong with it.
  public let reason: Reason

  /// A refusal of `path` for `reason`.
  public init(_ path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// One line: the path and what is wrong with it.
  public var description: String { "\(path): \(reason.description)" }
}

extension FileError.Reason: CustomStringConvertible {
  /// What was wrong, without the path.
  public var description: String {
    switch self {
    case .notFound: "no such file or folder"
    case .alreadyExists: "already exists"
    case .isFolder: "is a folder, not a file"
    case .isNotFolder: "is a file, not a folder"
    case .tooLarge(let limit): "holds more than \(limit >> 20) MiB"
    case .unreadable(let words): "cannot be read: \(words)"
    case .unwritable(let words): "cannot be written: \(words)"
    }
  }
}
