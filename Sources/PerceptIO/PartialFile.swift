import PerceptPlatform

/// A temporary file that gets its final name when it is complete. It is locked while its writer runs, so that other
/// processes can tell that it is not abandoned.
///
/// If the file system supports it, the file has no name, and disappears if the process is killed. Otherwise, and while a
/// file is being replaced, it has a random name, so that writers do not share it and the name cannot be predicted.
package final class PartialFile {
  package let descriptor: Int32
  /// The path of the complete file.
  private let target: String
  /// The path of the temporary file; nil if it has no name.
  private var path: String?

  /// Creates an empty file in the folder of `target`, and removes those that killed processes left there.
  package init(for target: String, permissions: UInt32 = 0o644) throws(FileError) {
    self.target = target
    let folder = FileSystem.folder(of: target)
    Self.removeAbandoned(inFolder: folder)
    let unnamed = Platform.openUnnamedFile(inFolder: FileSystem.path(folder, "."), permissions: mode_t(permissions))
    if unnamed >= 0, flock(unnamed, LOCK_EX) == 0 {
      descriptor = unnamed
      return
    }
    if unnamed >= 0 { close(unnamed) }
    let (file, name) = Self.locked(inFolder: folder, permissions)
    guard let name else { throw .init(target, .unwritable(FileSystem.words)) }
    (descriptor, path) = (file, name)
  }

  deinit {
    if let path { unlink(path) }
    close(descriptor)
  }

  private static let (beginning, ending) = (".percept-", ".partial")

  private static func newPath(inFolder folder: String) -> String {
    FileSystem.path(folder, beginning + String(UInt64.random(in: 0...UInt64.max), radix: 36) + ending)
  }

  /// Creates a file with a name and locks it; the path is nil if that fails.
  private static func locked(inFolder folder: String, _ permissions: UInt32) -> (descriptor: Int32, path: String?) {
    while true {
      let path = newPath(inFolder: folder)
      let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(permissions))
      guard file >= 0 else { return (file, nil) }
      flock(file, LOCK_EX)
      // Between open and flock, another process may have removed the file as abandoned.
      var status = stat()
      if fstat(file, &status) != 0 || status.st_nlink > 0 { return (file, path) }
      close(file)
    }
  }

  /// Writes bytes at an offset. Returns false with `errno` set if not all can be written.
  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = FileSystem.retryingInterrupts {
        pwrite(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written, off_t(offset + written))
      }
      guard count > 0 else { return false }
      written += count
    }
    return true
  }

  /// Gives the file its final name. Throws ``FileError`` if that fails, or if a file with this name exists and `replacing`
  /// is false.
  package func publish(replacing: Bool) throws(FileError) {
    let temporary = try named()
    if !replacing, link(temporary, target) == 0 { return }  // the other name is removed with this object
    if !replacing, errno == EEXIST { throw .init(target, .alreadyExists) }
    // If nothing may be replaced, the file system has no hard links.
    guard rename(temporary, target) == 0 else { throw .init(target, .unwritable(FileSystem.words)) }
    path = nil
  }

  /// Returns the path of the file, after giving it a name if it has none.
  private func named() throws(FileError) -> String {
    if let path { return path }
    let new = Self.newPath(inFolder: FileSystem.folder(of: target))
    guard Platform.link(descriptor, at: new) else {
      throw .init(target, .unwritable(FileSystem.words))
    }
    path = new
    return new
  }

  /// Removes the temporary files in a folder that no running process has locked. Returns the number of bytes freed.
  @discardableResult
  package static func removeAbandoned(inFolder folder: String) -> Int {
    let names = (try? FileSystem.allNames(inFolder: folder.isEmpty ? "." : folder)) ?? []
    return names.filter { $0.hasPrefix(beginning) && $0.hasSuffix(ending) }.reduce(0) { freed, name in
      let path = FileSystem.path(folder, name)
      // Opening a pipe without O_NONBLOCK could block forever.
      let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      guard file >= 0 else { return freed }
      defer { close(file) }
      var status = stat()
      guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, flock(file, LOCK_EX | LOCK_NB) == 0,
        unlink(path) == 0
      else { return freed }
      return freed + Int(status.st_size)
    }
  }
}
