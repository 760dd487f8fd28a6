import Glibc
import PerceptIO

/// A cache file in the making: a temporary file, locked so that others see that its writer lives, with all of its room
/// reserved, so that a full disk shows itself at once. It is not synchronised: should a power cut leave half of it, its
/// checksums say so.
final class CacheWriter {
  static let ending = ".partial"

  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private let size: Int
  private var isNamed = true

  /// Begins a file that takes the place of `path` in the end; nil where it cannot be made.
  ///
  /// - Parameters:
  ///   - path: the cache file.
  ///   - size: its size.
  ///   - isKept: whether it stays; otherwise it has no name from the beginning, and what stands at `path` goes.
  init?(_ path: String, size: Int, isKept: Bool) {
    var limit = rlimit()
    guard FileSystem.makePrivateFolder(FileSystem.folder(of: path)),
      // A file beyond this limit would not be refused: the process would be ended.
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

  /// Writes bytes to their place; false where the system cannot.
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

  /// Gives the file its name, where it is to be kept, and maps it; nil where the system cannot.
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
      // Between these two calls another process may have taken it for abandoned.
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
