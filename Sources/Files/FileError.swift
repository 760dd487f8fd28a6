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
  public var description: String {
    switch reason {
    case .notFound: "\(path): no such file or folder"
    case .alreadyExists: "\(path): already exists"
    case .isFolder: "\(path): is a folder, not a file"
    case .isNotFolder: "\(path): is a file, not a folder"
    case .unreadable(let words): "\(path): cannot be read: \(words)"
    case .unwritable(let words): "\(path): cannot be written: \(words)"
    }
  }
}
