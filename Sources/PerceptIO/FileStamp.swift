import PerceptPlatform

/// The size in bytes and timestamps in nanoseconds since 1970 of a file, which detect a change without reading it.
package struct FileStamp: Sendable, Hashable {
  package let size: Int64
  /// The modification time (`mtime`): the last change of the content. Programs can set it.
  package let modified: Int64
  /// The status change time (`ctime`): the last change of content, name or permissions. Programs cannot set it.
  package let changed: Int64

  package init(size: Int64, modified: Int64, changed: Int64) {
    self.size = size
    self.modified = modified
    self.changed = changed
  }

  /// Reads the stamp of a file, following symbolic links; `nil` if the file cannot be accessed. File systems use a
  /// clock with a tick of a few milliseconds, and a file that changes twice within one tick keeps its stamp. After a
  /// recent change, this therefore waits until the tick has passed, so that content that is read afterwards matches.
  package init?(_ path: String) {
    guard let status = try? FileSystem.status(of: path) else { return nil }
    self.init(status)
    for _ in 0..<20 where (0..<50_000_000).contains(changed &- Self.nanoseconds(Platform.fileSystemTime)) {
      usleep(1000)
    }
  }

  /// Reads the stamp of an open file, without waiting.
  package init?(_ descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    size = Int64(status.st_size)
    modified = Self.nanoseconds(Platform.modificationTime(status))
    changed = Self.nanoseconds(Platform.statusChangeTime(status))
  }

  /// Returns whether size and modification time are equal. Unlike ``changed``, they stay the same if a file is renamed,
  /// linked or removed.
  package func hasSameContent(as other: FileStamp) -> Bool { size == other.size && modified == other.modified }

  /// Times after the year 2262 wrap around; different times still give different values.
  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
