import Glibc
package import PerceptIO

/// A folder of its own for one test, removed with all it holds when the last reference goes.
package final class TemporaryFolder: Sendable {
  /// Where it is.
  package let path: String

  /// Makes an empty folder.
  ///
  /// - Throws: `FileError` when it cannot be made.
  package init() throws(FileError) {
    var template = Array("/tmp/percept-test-XXXXXX".utf8CString)
    let path = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let path else { throw FileError("/tmp", .unwritable(String(cString: strerror(errno)))) }
    self.path = path
  }

  /// The path of `name` inside it.
  package func path(_ name: String) -> String { FileSystem.path(path, name) }

  /// Writes a file, and the folders on the way to it.
  ///
  /// - Parameters:
  ///   - bytes: the file's content.
  ///   - name: its name, or its path from here.
  /// - Returns: its path.
  /// - Throws: `FileError` when it cannot be written.
  @discardableResult
  package func write(_ bytes: [UInt8], to name: String) throws(FileError) -> String {
    try makeFolder(FileSystem.folder(of: name))
    try FileSystem.write(bytes, to: path(name), replacing: true)
    return path(name)
  }

  /// Makes a folder, and those on the way to it.
  ///
  /// - Parameter name: its name, or its path from here.
  /// - Returns: its path.
  /// - Throws: `FileError` when it cannot be made.
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

  /// Links are removed, not followed.
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
