import Glibc

/// A file to whose end bytes are written, each time as a whole.
public final class AppendOnlyFile: Sendable {
  private let path: String
  private let descriptor: Int32

  /// Opens a file, or makes one.
  ///
  /// - Parameter path: the file.
  /// - Throws: ``FileError`` when it cannot be opened.
  public init(_ path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .init(path, .unwritable(FileSystem.words)) }
  }

  deinit { close(descriptor) }

  /// Writes bytes to the end.
  ///
  /// - Throws: ``FileError`` when they do not arrive.
  public func append(_ bytes: [UInt8]) throws(FileError) {
    guard FileSystem.writeAll(bytes, to: descriptor) else { throw .init(path, .unwritable(FileSystem.words)) }
  }
}
