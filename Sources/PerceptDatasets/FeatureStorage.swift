import Glibc
import PerceptIO

/// The features of many examples in one block of memory: `rows` x `columns` bytes, one example per row, and the key of
/// each image (see `Fingerprint.key(of:)`). The block is allocated, or that of a memory-mapped file, which the system
/// reads on demand. It is written only during initialization, so threads may share it.
package final class FeatureStorage: @unchecked Sendable {
  package let rows: Int
  package let columns: Int
  /// The key of the image of each row.
  package let keys: [UInt32]
  /// The pixels of the same rows, see `Preprocessing.thumbnail`; nil if the features are pixels.
  let thumbnails: FeatureStorage?
  private let memory: UnsafeBufferPointer<UInt8>
  /// The mapped file that the memory belongs to; nil if the memory is allocated.
  private let file: CacheFile?

  /// Allocates zeroed bytes and lets `fill`, which must not keep the pointers, write them and return the keys. Throws
  /// ``DatasetError/tooLarge(examples:features:)`` if the memory cannot be allocated.
  package init(rows: Int, columns: Int, thumbnailColumns: Int = 0, fill: (RowMemory) throws -> [UInt32]) throws {
    let features = try Self.allocate(rows: rows, columns: columns)
    self.rows = rows
    self.columns = columns
    memory = UnsafeBufferPointer(features)
    file = nil
    var thumbnails: UnsafeMutableBufferPointer<UInt8>?
    do {
      if thumbnailColumns > 0 { thumbnails = try Self.allocate(rows: rows, columns: thumbnailColumns) }
      keys = try fill(RowMemory(features: features, thumbnails: thumbnails ?? .init(start: nil, count: 0)))
    } catch {
      free(features.baseAddress)
      free(thumbnails?.baseAddress)
      throw error
    }
    self.thumbnails = thumbnails.map { [keys] in FeatureStorage(rows: rows, columns: thumbnailColumns, keys: keys, $0) }
  }

  /// Takes ownership of allocated memory.
  private init(rows: Int, columns: Int, keys: [UInt32], _ memory: UnsafeMutableBufferPointer<UInt8>) {
    (self.rows, self.columns, self.keys) = (rows, columns, keys)
    (self.memory, file, thumbnails) = (UnsafeBufferPointer(memory), nil, nil)
  }

  private static func allocate(rows: Int, columns: Int) throws -> UnsafeMutableBufferPointer<UInt8> {
    let (size, overflow) = rows.multipliedReportingOverflow(by: columns)
    // For large sizes, calloc returns pages that the system zeroes on first access, so no byte is written twice.
    guard !overflow, let bytes = calloc(max(size, 1), 1) else {
      throw DatasetError.tooLarge(examples: rows, features: columns)
    }
    // Ask for huge pages where whole ones fit: fewer TLB misses when all pixels are traversed.
    let page = 1 << 21
    let first = bytes.alignedUp(toMultipleOf: page)
    let whole = (bytes + size - first) / page * page
    if whole > 0 { madvise(first, whole, MADV_HUGEPAGE) }
    return UnsafeMutableBufferPointer(start: bytes.bindMemory(to: UInt8.self, capacity: size), count: size)
  }

  /// Uses the rows that begin at byte `offset` of a mapped file.
  init(
    rows: Int, columns: Int, keys: [UInt32], file: CacheFile, offset: Int, thumbnails: FeatureStorage? = nil
  ) {
    self.thumbnails = thumbnails
    self.rows = rows
    self.columns = columns
    self.keys = keys
    self.file = file
    memory = UnsafeRawBufferPointer(rebasing: file.mapping.bytes[offset..<offset + rows * columns])
      .bindMemory(to: UInt8.self)
  }

  deinit {
    if file == nil { free(UnsafeMutableRawPointer(mutating: memory.baseAddress)) }
  }

  /// Throws `FileError` if the memory is that of a file that another process has changed.
  func checkUnchanged() throws(FileError) { try file?.checkUnchanged() }

  /// Calls `body` with the bytes of one row, which are valid only during the call.
  package func withRow<Result>(
    _ row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(self) {
      try body(UnsafeBufferPointer(rebasing: memory[row * columns..<(row + 1) * columns]))
    }
  }

  /// Calls `body` with the address of the first row, which is valid only during the call.
  package func withMemory<Result>(_ body: (UnsafePointer<UInt8>) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) {
      guard let base = memory.baseAddress else { preconditionFailure("storage without memory") }
      return try body(base)
    }
  }
}

/// Memory for the features and the thumbnails of consecutive rows. That for thumbnails is empty if there are none.
package struct RowMemory: @unchecked Sendable {
  package let features: UnsafeMutableBufferPointer<UInt8>
  package let thumbnails: UnsafeMutableBufferPointer<UInt8>

  /// Returns the memory of one of `count` rows.
  func row(_ row: Int, of count: Int) -> RowMemory {
    func part(_ memory: UnsafeMutableBufferPointer<UInt8>) -> UnsafeMutableBufferPointer<UInt8> {
      let columns = memory.count / count
      return UnsafeMutableBufferPointer(rebasing: memory[row * columns..<(row + 1) * columns])
    }
    return RowMemory(features: part(features), thumbnails: part(thumbnails))
  }
}

/// The addresses of the features of a dataset's examples.
package struct FeatureRows: @unchecked Sendable {
  fileprivate let base: UnsafePointer<UInt8>
  fileprivate let rows: UnsafeBufferPointer<Int>
  fileprivate let columns: Int

  init(base: UnsafePointer<UInt8>, rows: UnsafeBufferPointer<Int>, columns: Int) {
    self.base = base
    self.rows = rows
    self.columns = columns
  }

  package subscript(index: Int) -> UnsafePointer<UInt8> { base + rows[index] * columns }
}
