import Glibc
import PerceptIO

/// The pixels of many examples in one block of memory: `rows x columns` bytes, one example a row.
///
/// The memory is the process's own, or that of a file which the system reads as it is needed. Written once, by the loader
/// that makes it, and only read afterwards; that is why threads may share it.
package final class PixelStorage: @unchecked Sendable {
  package let rows: Int
  package let columns: Int
  private let memory: UnsafeBufferPointer<UInt8>
  /// The file that the memory belongs to; nil where it is the process's own.
  private let mapping: FileMapping?

  /// Room for `rows x columns` bytes, all zero, then filled by `fill`, which must not keep the pointer.
  ///
  /// - Throws: ``DatasetError`` when memory does not suffice, or what `fill` throws.
  package init(rows: Int, columns: Int, fill: (UnsafeMutableBufferPointer<UInt8>) throws -> Void) throws {
    let (size, overflow) = rows.multipliedReportingOverflow(by: columns)
    // The system hands out zeroed pages as they are first touched, so nothing is written twice.
    guard !overflow, let bytes = calloc(max(size, 1), 1) else {
      throw DatasetError.tooLarge(examples: rows, features: columns)
    }
    // Large pages, where there are whole ones: the processor then looks up fewer addresses on its way through all pixels.
    let page = 1 << 21
    let first = bytes.alignedUp(toMultipleOf: page)
    let whole = (bytes + size - first) / page * page
    if whole > 0 { madvise(first, whole, MADV_HUGEPAGE) }
    self.rows = rows
    self.columns = columns
    let room = UnsafeMutableBufferPointer(start: bytes.bindMemory(to: UInt8.self, capacity: size), count: size)
    memory = UnsafeBufferPointer(room)
    mapping = nil
    try fill(room)
  }

  /// The rows that stand in a mapped file from byte `offset` on.
  init(rows: Int, columns: Int, mapping: FileMapping, offset: Int) {
    self.rows = rows
    self.columns = columns
    self.mapping = mapping
    memory = UnsafeRawBufferPointer(rebasing: mapping.bytes[offset..<offset + rows * columns])
      .bindMemory(to: UInt8.self)
  }

  deinit {
    if mapping == nil { free(UnsafeMutableRawPointer(mutating: memory.baseAddress)) }
  }

  /// The bytes of one row, valid only inside `body`.
  package func withRow<Result>(
    _ row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(self) {
      try body(UnsafeBufferPointer(rebasing: memory[row * columns..<(row + 1) * columns]))
    }
  }

  /// The address of the first row, valid only inside `body`.
  package func withMemory<Result>(_ body: (UnsafePointer<UInt8>) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) {
      guard let base = memory.baseAddress else { preconditionFailure("storage without memory") }
      return try body(base)
    }
  }
}

/// Where the features of a dataset's examples are.
package struct PixelRows: @unchecked Sendable {
  fileprivate let base: UnsafePointer<UInt8>
  fileprivate let rows: UnsafeBufferPointer<Int>
  fileprivate let columns: Int

  init(base: UnsafePointer<UInt8>, rows: UnsafeBufferPointer<Int>, columns: Int) {
    self.base = base
    self.rows = rows
    self.columns = columns
  }

  /// The address of one example's features.
  package subscript(index: Int) -> UnsafePointer<UInt8> { base + rows[index] * columns }
}
