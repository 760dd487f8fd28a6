import PerceptIO
import PerceptPlatform

/// Writes a cache file. Its whole size is reserved in advance, so that a full disk is detected at once. It is not
/// synchronized to the disk: the checksums detect what a power failure left incomplete.
struct CacheWriter {
  private let path: String
  private let size: Int
  private let isKept: Bool
  private let file: PartialFile

  /// Creates the file, of `size` bytes; nil if that fails. Unless `isKept`, it gets no name, and an existing file at `path`
  /// is removed.
  init?(_ path: String, size: Int, isKept: Bool) {
    guard FileSystem.makePrivateFolder(FileSystem.folder(of: path)),
      // In a program that does not ignore SIGXFSZ, writing beyond this limit would end the process.
      let limit = Platform.limit(of: .fileSize), limit.rlim_cur >= UInt64(size),
      let file = try? PartialFile(for: path, permissions: 0o600), Platform.reserve(size, of: file.descriptor)
    else { return nil }
    (self.path, self.size, self.isKept, self.file) = (path, size, isKept, file)
    if !isKept { unlink(path) }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool { file.write(bytes, at: offset) }

  /// Maps the file and, if it is kept, gives it its name. Returns nil if it cannot be mapped.
  func finish() -> FileMapping? {
    guard let mapping = FileMapping(file.descriptor, of: path, size: size) else { return nil }
    if isKept { try? file.publish(replacing: true) }
    return mapping
  }
}
