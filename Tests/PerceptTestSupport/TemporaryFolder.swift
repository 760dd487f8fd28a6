package import PerceptIO
import PerceptPlatform

/// A temporary folder for a test. It is removed with its contents when the last reference is released.
package final class TemporaryFolder: Sendable {
  /// The path of the folder.
  package let path: String

  /// Creates an empty folder.
  ///
  /// - Throws: `FileError` if it cannot be created.
  package init() throws(FileError) {
    var template = Array("/tmp/percept-test-XXXXXX".utf8CString)
    let path = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let path else { throw FileError("/tmp", .unwritable(String(cString: strerror(errno)))) }
    self.path = path
  }

  /// Returns the path of `name` in the folder.
  package func path(_ name: String) -> String { FileSystem.path(path, name) }

  /// Writes a file and creates its parent folders.
  ///
  /// - Parameters:
  ///   - bytes: the content of the file.
  ///   - name: its name, or its path relative to the temporary folder.
  /// - Returns: the path of the file.
  /// - Throws: `FileError` if it cannot be written.
  @discardableResult
  package func write(_ bytes: [UInt8], to name: String) throws(FileError) -> String {
    try makeFolder(FileSystem.folder(of: name))
    try FileSystem.write(bytes, to: path(name), replacing: true)
    return path(name)
  }

  /// Creates a folder and its parent folders.
  ///
  /// - Parameter name: its name, or its path relative to the temporary folder.
  /// - Returns: the path of the folder.
  /// - Throws: `FileError` if it cannot be created.
  @discardableResult
  package func makeFolder(_ name: String) throws(FileError) -> String {
    var made = path
    for part in name.split(separator: "/") {
      made = FileSystem.path(made, String(part))
      if mkdir(made, 0o755) != 0, errno != EEXIST {
        throw FileError(made, .unwritable(String(cString: strerror(errno))))
      }
    }
    return made
  }

  deinit { Self.remove(path) }

  /// Removes an item with its contents. Links are removed, not followed.
  private static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    guard let folder = opendir(path) else { return }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    closedir(folder)
    for name in names where name != "." && name != ".." { remove(FileSystem.path(path, name)) }
    rmdir(path)
  }
}
