import Glibc
import PerceptIO

/// Writes a cache file to a temporary file and renames that when it is complete. The temporary file is locked, so that
/// other processes can tell that its writer still runs, and its whole size is reserved in advance, so that a full disk
/// is detected at once. It is not synchronized to the disk: the checksums detect what a power failure left incomplete.
final class CacheWriter {
  static let ending = ".partial"

  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private let size: Int
  private var isNamed = true

  /// Creates the temporary file, of `size` bytes; nil if that fails. Unless `isKept`, it is unlinked at once, so that
  /// it disappears when it is no longer mapped, and an existing file at `path` is removed.
  init?(_ path: String, size: Int, isKept: Bool) {
    var limit = rlimit()
    guard FileSystem.makePrivateFolder(FileSystem.folder(of: path)),
      // Writing beyond this limit would not fail, but end the process with SIGXFSZ.
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0, limit.rlim_cur >= UInt64(size),
      let (temporary, descriptor) = Self.lockedFile(beside: path)
    else { return nil }
    (self.path, self.temporary, self.descriptor, self.size) = (path, temporary, descriptor, size)
    guard Self.reserve(size, descriptor) else { return nil }
    if !isKept {
      unlink(temporary)
      unlink(path)
      isNamed = false
    }
  }

  deinit {
    if isNamed { unlink(temporary) }
    close(descriptor)
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written, off_t(offset + written))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      written += count
    }
    return true
  }

  /// Maps the file and, if it is kept, renames it to its final name. Returns nil if it cannot be mapped.
  func finish() -> FileMapping? {
    guard let mapping = FileMapping(descriptor, size: size) else { return nil }
    if isNamed, rename(temporary, path) == 0 { isNamed = false }
    return mapping
  }

  private static func lockedFile(beside path: String) -> (path: String, descriptor: Int32)? {
    for _ in 0..<100 {
      let base = path.dropLast(PixelCache.ending.count)
      let temporary = base + "." + String(UInt64.random(in: 0...UInt64.max), radix: 36) + ending
      let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { return nil }
      flock(descriptor, LOCK_EX)
      // Between open and flock, another process may have removed the file as abandoned.
      var status = stat()
      if fstat(descriptor, &status) == 0, status.st_nlink > 0 { return (temporary, descriptor) }
      close(descriptor)
    }
    return nil
  }

  private static func reserve(_ size: Int, _ descriptor: Int32) -> Bool {
    while true {
      let result = posix_fallocate(descriptor, 0, off_t(size))
      if result != EINTR { return result == 0 }
    }
  }
}
