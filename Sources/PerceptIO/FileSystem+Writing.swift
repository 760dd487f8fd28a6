import PerceptPlatform

extension FileSystem {
  /// Writes a file atomically: readers see either the old or the new content. The bytes are written to a temporary
  /// file, which is synchronized to disk and then renamed, or removed after an error. Symbolic links are followed.
  package static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(FileError) {
    try checkCanWrite(path, replacing: replacing)
    do throws(FileError) {
      let file = try PartialFile(for: resolved(path))
      guard bytes.withUnsafeBytes({ file.write($0) }), fsync(file.descriptor) == 0 else {
        throw FileError(path, .unwritable(words))
      }
      try file.publish(replacing: replacing)
    } catch {
      throw FileError(path, error.reason)
    }
  }

  /// Removes a file if it exists.
  package static func remove(_ path: String) throws(FileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw .init(path, .unwritable(words)) }
  }

  /// Checks, before a long computation, whether ``write(_:to:replacing:)`` can succeed: throws if the name is invalid,
  /// a folder, a special file, or a file that must not be replaced exists at the path, or the parent folder is not
  /// writable.
  package static func checkCanWrite(_ path: String, replacing: Bool) throws(FileError) {
    guard !name(of: path).isEmpty else { throw .init(path, .unwritable("the file name is empty")) }
    guard name(of: path).utf8.count <= 255 else {
      throw .init(path, .unwritable("the file name is longer than 255 bytes"))
    }
    switch kind(of: path) {
    case .folder: throw .init(path, .unwritable("is a folder"))
    case .other: throw .init(path, .unwritable("not a regular file"))
    case .file: if !replacing { throw .init(path, .alreadyExists) }
    case nil: break
    }
    let folder = folder(of: resolved(path))
    guard access(folder.isEmpty ? "." : folder, W_OK | X_OK) == 0 else { throw .init(path, .unwritable(words)) }
  }

  /// Returns whether two paths refer to the same file, or will refer to the same file once it is written.
  package static func isSame(_ a: String, _ b: String) -> Bool {
    guard let first = try? realPath(a), let second = try? realPath(b) else { return a == b }
    return first == second
  }

  /// Returns the canonical absolute path of a file, with symbolic links and dots resolved. If the file does not exist,
  /// its path is made absolute without resolving them. Throws if the current folder cannot be determined.
  package static func realPath(_ path: String) throws(FileError) -> String { try absolutePath(resolved(path)) }

  /// Returns a path with its symbolic links resolved, or the path itself if nothing exists there.
  static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else {
      guard errno == ENOTDIR, let found = try? archive(at: path) else { return path }
      return Self.path(resolved(found.archive.path), found.member)
    }
    defer { free(real) }
    return String(cString: real)
  }

  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = retryingInterrupts {
          PerceptPlatform.write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
        }
        if count <= 0 { return false }
        offset += count
      }
      return true
    }
  }
}
