import Glibc

/// A read-only memory mapping of a file, shared with all processes that map it. The system reads pages on first access
/// and may evict them again. The mapping stays valid if the file is removed.
package final class FileMapping: @unchecked Sendable {
  /// The mapped bytes, valid for the lifetime of this object.
  package let bytes: UnsafeRawBufferPointer
  private let address: UnsafeMutableRawPointer

  /// Maps the first `size` bytes of an open file; `nil` if `size` is not positive or the system call fails.
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
