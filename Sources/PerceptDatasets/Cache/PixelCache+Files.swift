public import PerceptIO
import PerceptPlatform

extension PixelCache {
  struct Stored {
    let path: String
    let bytes: Int
    let lastUsed: timespec
  }

  /// Removes all cache files, and temporary files that a process left behind, but not files that other processes are
  /// writing. Datasets that use a removed file stay valid.
  ///
  /// - Returns: the number of cache files removed, and the number of bytes freed.
  /// - Throws: `FileError` if a file cannot be removed.
  @discardableResult
  public func clear() throws(FileError) -> (count: Int, bytes: Int) {
    let files = stored()
    for file in files where unlink(file.path) != 0 && errno != ENOENT {
      throw FileError(file.path, .unwritable(String(cString: strerror(errno))))
    }
    return (files.count, files.reduce(PartialFile.removeAbandoned(inFolder: folder)) { $0 + $1.bytes })
  }

  /// Returns the cache files, the least recently used first. Other files in the folder are ignored.
  func stored() -> [Stored] {
    ownFiles.sorted { a, b in
      (a.lastUsed.tv_sec, a.lastUsed.tv_nsec, a.path) < (b.lastUsed.tv_sec, b.lastUsed.tv_nsec, b.path)
    }
  }

  /// Removes the least recently used cache files until the rest is within ``limit``. Never removes the file at `path`.
  func trim(keeping path: String) {
    let files = stored()
    var total = files.reduce(0) { $0 + $1.bytes }
    for file in files where total > limit && file.path != path {
      if unlink(file.path) == 0 { total -= file.bytes }
    }
  }

  /// The regular files whose names are 16 hexadecimal digits, followed by any characters and ``ending``.
  private var ownFiles: [Stored] {
    let names = (try? FileSystem.names(inFolder: folder)) ?? []
    return names.compactMap { name in
      guard name.hasSuffix(Self.ending), name.utf8.count >= 16 + Self.ending.utf8.count,
        name.prefix(16).allSatisfy({ $0.isHexDigit })
      else { return nil }
      let path = FileSystem.path(folder, name)
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      return Stored(path: path, bytes: Int(status.st_size), lastUsed: Platform.modificationTime(status))
    }
  }
}
