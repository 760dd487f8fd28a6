import PerceptPlatform

/// A file that is open for appending. Each append writes all of its bytes.
package final class AppendOnlyFile: Sendable {
  private let path: String
  private let descriptor: Int32

  /// Creates the file if it does not exist.
  package init(_ path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .init(path, .unwritable(FileSystem.words)) }
  }

  deinit { close(descriptor) }

  package func append(_ bytes: [UInt8]) throws(FileError) {
    guard FileSystem.writeAll(bytes, to: descriptor) else { throw .init(path, .unwritable(FileSystem.words)) }
  }
}
