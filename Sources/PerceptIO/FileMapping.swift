import CPerceptMappedFiles
import PerceptPlatform
import Synchronization

/// A read-only memory mapping of a file, shared with all processes that map it. The system reads pages on first access
/// and may evict them again. The mapping stays valid if the file is removed. If the file is truncated, or its disk fails,
/// accessing a lost page raises SIGBUS; a program can handle that with ``exitOnLoss(code:)``.
package final class FileMapping: @unchecked Sendable {
  /// The path of the file when it was mapped.
  package let path: String
  /// The mapped bytes, valid for the lifetime of this object.
  package let bytes: UnsafeRawBufferPointer
  private let address: UnsafeMutableRawPointer
  private let descriptor: Int32
  private let registration: Int32
  /// The state of the file when its bytes were last known to be intact.
  private let stamp: Mutex<FileStamp>

  /// Maps the first `size` bytes of an open file, which the caller may close; `nil` if `size` is not positive or a
  /// system call fails.
  package init?(_ descriptor: Int32, of path: String, size: Int) {
    guard size > 0, let stamp = FileStamp(descriptor) else { return nil }
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { return nil }
    guard let address = mmap(nil, size, PROT_READ, MAP_SHARED, copy, 0), address != MAP_FAILED else {
      close(copy)
      return nil
    }
    self.path = path
    self.address = address
    self.descriptor = copy
    self.stamp = Mutex(stamp)
    bytes = UnsafeRawBufferPointer(start: address, count: size)
    let name = String(String.UnicodeScalarView(path.unicodeScalars.map { $0.isUnsafeOnTerminal ? "?" : $0 }))
    registration = cmapped_add(address, size, name)
  }

  deinit {
    cmapped_remove(registration)
    munmap(address, bytes.count)
    close(descriptor)
  }

  /// Returns whether the bytes are still those that were mapped: if the file has the same size and modification time, or
  /// the same size, and `isIntact` returns true.
  package func isUnchanged(or isIntact: () -> Bool) -> Bool {
    guard let now = FileStamp(descriptor) else { return false }
    return stamp.withLock { stamp in
      if now.hasSameContent(as: stamp) { return true }
      guard now.size == stamp.size, isIntact() else { return false }
      stamp = now
      return true
    }
  }

  /// From now on, if a page of a mapped file cannot be read, ends the process with this exit code and a message that
  /// names the file. For programs only, because it installs a handler for SIGBUS.
  package static func exitOnLoss(code: Int32) { cmapped_exit_on_loss(code) }
}
