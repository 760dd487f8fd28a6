import CPerceptArchive
import PerceptPlatform

/// The files in an archive: ZIP, tar, tar compressed with gzip or zstd, or arrays of NumPy (NPZ). The archive is read once,
/// from its start to its end, into a temporary file without a name, from which its files are read afterwards.
package final class Archive: Sendable {
  /// A file or folder in an archive.
  enum Item: Equatable {
    /// A file: some bytes, followed by a part of the temporary file.
    case file(header: [UInt8], offset: Int, size: Int)
    /// A folder, with the names in it, and a number that no other folder of the archive has.
    case folder(names: Set<String>, number: Int)
  }

  /// How much an archive may contain, so that a small one cannot fill a disk.
  package struct Limits: Sendable {
    package var entries = 2_000_000
    /// How many times larger than the archive its content may be, beyond a number of bytes that is always allowed. Images
    /// that are compressed already hardly shrink.
    package var ratio = 100
    package var freeBytes = 1 << 30
    /// The largest length of a path, in bytes.
    package var pathLength = 4_096

    package init() {}
  }

  /// Whether libarchive is installed on this machine.
  package static var isSupported: Bool { carchive_is_installed() }

  /// The usual endings of the names of archives, in lowercase.
  package static let endings = [".zip", ".npz", ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst"]

  package let path: String
  let stamp: FileStamp
  private let items: [String: Item]
  private let content: Int32

  /// Reads an archive. Throws ``FileError`` if it is damaged, exceeds a limit, or contains links, devices, or paths that
  /// lead out of it; or if the temporary file cannot be written.
  package init(_ path: String, limits: Limits = Limits()) throws(FileError) {
    guard Self.isSupported else {
      throw .init(path, .unreadable("archives require the library libarchive (on Debian: apt install libarchive13)"))
    }
    let (source, size) = try FileSystem.openRegularFile(path)
    defer { close(source) }
    guard let stamp = FileStamp(source) else { throw FileSystem.unreadable(path) }
    let content = try Self.temporaryFile(for: path)
    do throws(FileError) {
      var reader = ArchiveReader(path, size: size, into: content, limits)
      try reader.read(source)
      items = path.lowercased().hasSuffix(".npz") ? try reader.imagesOfArrays() : reader.items
    } catch {
      close(content)
      throw error
    }
    (self.path, self.stamp, self.content) = (path, stamp, content)
  }

  deinit { close(content) }

  /// Returns the item at a path in the archive; that of the archive itself is empty.
  subscript(member: String) -> Item? {
    items[member.split(separator: "/").filter { $0 != "." }.joined(separator: "/")]
  }

  /// The paths of the files in the archive, sorted.
  package var files: [String] {
    items.compactMap { if case .file = $0.value { $0.key } else { nil } }.sorted()
  }

  /// Returns the content of a file of the archive. Throws ``FileError`` if there is none, or if it is larger than
  /// `FileSystem.defaultLimit`.
  package func read(_ member: String) throws(FileError) -> [UInt8] {
    let whole = FileSystem.path(path, member)
    switch self[member] {
    case nil: throw .init(whole, .notFound)
    case .folder: throw .init(whole, .isFolder)
    case .file(let header, let offset, let size):
      guard size <= FileSystem.defaultLimit else { throw .init(whole, .tooLarge(limit: FileSystem.defaultLimit)) }
      guard let bytes = Self.bytes(of: content, at: offset, size) else { throw FileSystem.unreadable(whole) }
      return header + bytes
    }
  }

  /// Returns an open file in memory with the content of a file of the archive. Throws as ``read(_:)``.
  func open(_ member: String) throws(FileError) -> (descriptor: Int32, size: Int) {
    let bytes = try read(member)
    let file = Platform.openMemoryFile()
    guard file >= 0, FileSystem.writeAll(bytes, to: file), lseek(file, 0, SEEK_SET) == 0 else {
      let error = FileSystem.unreadable(FileSystem.path(path, member))
      if file >= 0 { close(file) }
      throw error
    }
    return (file, bytes.count)
  }

  /// Reads a part of a file; nil if it is not there.
  static func bytes(of file: Int32, at offset: Int, _ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    let isRead = bytes.withUnsafeMutableBytes { buffer in
      var filled = 0
      while filled < count {
        let added = FileSystem.retryingInterrupts {
          pread(file, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
        }
        guard added > 0 else { return false }
        filled += added
      }
      return true
    }
    return isRead ? bytes : nil
  }

  /// Creates a file without a name in `TMPDIR`, or else `/var/tmp`.
  private static func temporaryFile(for path: String) throws(FileError) -> Int32 {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
    let file = Platform.openTemporaryFile(inFolder: folder)
    guard file >= 0 else {
      if errno == EMFILE { throw FileSystem.unreadable(path) }
      throw .init(
        path,
        .systemFailure(
          "it is unpacked into \(folder), where no file can be created (\(FileSystem.words)); set TMPDIR to another folder"
        ))
    }
    return file
  }
}
