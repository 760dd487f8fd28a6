import Glibc
public import PerceptIO

extension PixelCache {
  /// A cache file on disk.
  struct Stored {
    let path: String
    let bytes: Int
    let lastUsed: timespec
  }

  /// Removes everything that the cache holds, but what other processes are writing right now. Data that is in use stays
  /// valid.
  ///
  /// - Returns: how many cache files were removed, and how many bytes that freed.
  /// - Throws: `FileError` when one cannot be removed.
  @discardableResult
  public func clear() throws(FileError) -> (count: Int, bytes: Int) {
    let files = stored()
    for file in files where unlink(file.path) != 0 && errno != ENOENT {
      throw FileError(file.path, .unwritable(String(cString: strerror(errno))))
    }
    return (files.count, files.reduce(removeAbandoned()) { $0 + $1.bytes })
  }

  /// The cache files, the one used least recently first. Other files in the folder are not ours.
  func stored() -> [Stored] {
    let files = ownFiles(endingIn: Self.ending)
    return files.sorted { a, b in
      (a.lastUsed.tv_sec, a.lastUsed.tv_nsec, a.path) < (b.lastUsed.tv_sec, b.lastUsed.tv_nsec, b.path)
    }
  }

  /// Removes the files used least recently until the rest is within the limit, and what dead processes left behind.
  func trim(keeping path: String) {
    _ = removeAbandoned()
    let files = stored()
    var total = files.reduce(0) { $0 + $1.bytes }
    for file in files where total > limit && file.path != path {
      if unlink(file.path) == 0 { total -= file.bytes }
    }
  }

  /// Removes the unfinished files whose writers are gone: a writer holds a lock. Gives the bytes that were freed.
  private func removeAbandoned() -> Int {
    var freed = 0
    for file in ownFiles(endingIn: CacheWriter.ending) {
      let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0, unlink(file.path) == 0 { freed += file.bytes }
    }
    return freed
  }

  /// Regular files whose names are sixteen hexadecimal digits, then anything, then `ending`.
  private func ownFiles(endingIn ending: String) -> [Stored] {
    let names = (try? FileSystem.names(inFolder: folder)) ?? []
    return names.compactMap { name in
      guard name.hasSuffix(ending), name.utf8.count >= 16 + ending.utf8.count,
        name.prefix(16).allSatisfy({ $0.isHexDigit })
      else { return nil }
      let path = FileSystem.path(folder, name)
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      return Stored(path: path, bytes: Int(status.st_size), lastUsed: status.st_mtim)
    }
  }
}
