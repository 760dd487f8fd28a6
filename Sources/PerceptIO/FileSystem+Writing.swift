import Glibc

extension FileSystem {
  /// Writes a file so that readers see the old content or the new, never a part: a temporary file is written,
  /// synchronised and renamed. A symbolic link stays, and what it leads to is written.
  ///
  /// - Parameters:
  ///   - bytes: the whole content.
  ///   - path: the file to make.
  ///   - replacing: whether a file that is already there may be replaced.
  /// - Throws: ``FileError``; nothing is left behind then.
  public static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(FileError) {
    try checkCanWrite(path, replacing: replacing)
    let target = resolved(path)
    // A file without a name, which is gone if this process is killed; where the file system has none, one with a random
    // name, so that no two writers and nobody who guesses it share the file.
    let name = ".percept-" + String(UInt64.random(in: 0...UInt64.max), radix: 36) + ".partial"
    let temporary = self.path(folder(of: target), name)
    let nameless =
      access("/proc/self/fd", X_OK) == 0
      ? open(self.path(folder(of: target), "."), O_WRONLY | unnamed | O_CLOEXEC, 0o644) : -1
    let descriptor =
      nameless >= 0 ? nameless : open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .init(path, .unwritable(words)) }
    var failure: FileError?
    if !writeAll(bytes, to: descriptor) || fsync(descriptor) != 0 { failure = .init(path, .unwritable(words)) }
    if failure == nil, nameless >= 0,
      linkat(AT_FDCWD, "/proc/self/fd/\(nameless)", AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) != 0
    {
      failure = .init(path, .unwritable(words))
    }
    if close(descriptor) != 0, failure == nil { failure = .init(path, .unwritable(words)) }
    if failure == nil { failure = publish(temporary, as: target, replacing: replacing) }
    if let failure {
      unlink(temporary)
      throw FileError(path, failure.reason)
    }
  }

  /// Linux's O_TMPFILE.
  private static let unnamed = 0o20_000_000 | O_DIRECTORY

  /// Removes a file, where there is one.
  ///
  /// - Throws: ``FileError`` when it stays.
  public static func remove(_ path: String) throws(FileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw .init(path, .unwritable(words)) }
  }

  /// Finds out, before long work, whether ``write(_:to:replacing:)`` has a chance.
  ///
  /// - Parameters:
  ///   - path: the file to make.
  ///   - replacing: whether a file that is already there may be replaced.
  /// - Throws: ``FileError`` when something stands in the way, or the folder is missing or may not be written.
  public static func checkCanWrite(_ path: String, replacing: Bool) throws(FileError) {
    guard !name(of: path).isEmpty else { throw .init(path, .unwritable("it has no name")) }
    guard name(of: path).utf8.count <= 255 else { throw .init(path, .unwritable("its name is longer than 255 bytes")) }
    switch kind(of: path) {
    case .folder: throw .init(path, .unwritable("a folder stands there"))
    case .other: throw .init(path, .unwritable("what stands there is not a regular file"))
    case .file: if !replacing { throw .init(path, .alreadyExists) }
    case nil: break
    }
    let folder = folder(of: resolved(path))
    guard access(folder.isEmpty ? "." : folder, W_OK | X_OK) == 0 else { throw .init(path, .unwritable(words)) }
  }

  /// Whether two paths lead to the same file, or would once they are written.
  public static func isSame(_ a: String, _ b: String) -> Bool {
    guard let first = try? realPath(a), let second = try? realPath(b) else { return a == b }
    return first == second
  }

  /// The one path from the root that a file has, whatever links and dots lead to it; it need not be there.
  ///
  /// - Throws: ``FileError`` when nobody knows where relative paths start.
  package static func realPath(_ path: String) throws(FileError) -> String { try absolutePath(resolved(path)) }

  /// Where a path leads when links are followed; the path itself where nothing stands there.
  static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = retryingInterrupts {
          Glibc.write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
        }
        if count <= 0 { return false }
        offset += count
      }
      return true
    }
  }

  /// Gives a finished temporary file its name. Where nothing may be replaced a hard link does it, which fails if
  /// another process was faster.
  private static func publish(_ temporary: String, as path: String, replacing: Bool) -> FileError? {
    if replacing { return rename(temporary, path) == 0 ? nil : .init(path, .unwritable(words)) }
    if link(temporary, path) == 0 {
      unlink(temporary)
      return nil
    }
    if errno == EEXIST { return .init(path, .alreadyExists) }
    return rename(temporary, path) == 0 ? nil : .init(path, .unwritable(words))  // no hard links on this file system
  }
}
