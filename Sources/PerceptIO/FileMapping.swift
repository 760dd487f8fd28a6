import Glibc

/// A file's content in memory, read-only and shared with every process that maps it; the system reads pages when they
/// are touched and may drop them again. It stays valid when the file is removed.
package final class FileMapping: @unchecked Sendable {
  /// The bytes, valid as long as this object.
  package let bytes: UnsafeRawBufferPointer
  private let address: UnsafeMutableRawPointer

  /// Maps the first `size` bytes of an open file; nil where the system cannot.
  package init?(_ descriptor: Int32, size: Int) {
    guard size > 0, let address = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), address != MAP_FAILED else {
      return nil
    }
    self.address = address
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit {
    munmap(address, bytes.count)
  }
}
