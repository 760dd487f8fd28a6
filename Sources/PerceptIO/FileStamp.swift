import Glibc

/// What tells, without reading a file, whether it is still the one that was read: its size and the times of its last
/// change, in nanoseconds.
package struct FileStamp: Sendable, Hashable {
  /// Bytes.
  package let size: Int64
  /// When the content changed, as far as programs do not set this time themselves.
  package let modified: Int64
  /// When content, name or permissions changed; no program can set it.
  package let changed: Int64

  /// A stamp made of its numbers.
  package init(size: Int64, modified: Int64, changed: Int64) {
    self.size = size
    self.modified = modified
    self.changed = changed
  }

  /// The stamp of a file, links followed; nil where it cannot be seen.
  ///
  /// A file that was changed just now may change again within the same tick of the clock that file systems use, and keep
  /// its stamp. That tick, a few milliseconds, is waited for: what is read afterwards is what the stamp stands for.
  package init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    size = Int64(status.st_size)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
    for _ in 0..<20 where (0..<50_000_000).contains(changed &- Self.now) { usleep(1000) }
  }

  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME_COARSE, &time)
    return nanoseconds(time)
  }

  /// Years beyond 2262 wrap around, which keeps different times different.
  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
