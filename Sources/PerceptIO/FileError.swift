/// A file system error: a path and a reason.
public struct FileError: Error, Hashable, CustomStringConvertible {
  /// The reason for a file error. Callers can distinguish the cases; the command line maps them to exit codes.
  public enum Reason: Sendable, Hashable {
    /// Nothing exists at the path.
    case notFound
    /// A file exists at the path and must not be replaced.
    case alreadyExists
    /// The path is a folder, but a file is required.
    case isFolder
    /// The path is a file, but a folder is required.
    case isNotFolder
    /// The path is a pipe, a device or a socket, but a regular file is required.
    case isNotRegular
    /// The file is larger than the limit, in bytes.
    case tooLarge(limit: Int)
    /// The path cannot be read for another reason, usually described by the system.
    case unreadable(String)
    /// The path cannot be read for a reason that is not the path's own, described by the system: too many open files, not
    /// enough memory, or a disk or network that fails. Other files are likely to fail too.
    case systemFailure(String)
    /// The content of the file changed while it was in use.
    case changed
    /// The path cannot be written for another reason, usually described by the system.
    case unwritable(String)
  }

  /// The path, as the caller specified it.
  public let path: String
  /// The reason.
  public let reason: Reason

  /// Creates an error from a path and a reason.
  public init(_ path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// One line: the path and the reason.
  public var description: String { "\(path): \(reason.description)" }
}

extension FileError.Reason {
  /// Whether this is ``systemFailure(_:)``.
  package var isSystemFailure: Bool {
    if case .systemFailure = self { true } else { false }
  }
}

extension FileError.Reason: CustomStringConvertible {
  /// A description of the reason, without the path.
  public var description: String {
    switch self {
    case .notFound: "no such file or folder"
    case .alreadyExists: "already exists"
    case .isFolder: "is a folder, not a file"
    case .isNotFolder: "is a file, not a folder"
    case .isNotRegular: "is not a regular file but a pipe or a device; write its content to a file and pass that"
    case .tooLarge(let limit): "is larger than the limit of \(limit >> 20) MiB"
    case .unreadable(let words), .systemFailure(let words): "cannot be read: \(words)"
    case .changed: "changed while it was in use; run the command again"
    case .unwritable(let words): "cannot be written: \(words)"
    }
  }
}
