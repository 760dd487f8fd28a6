import PerceptCluster
import PerceptIO
import PerceptPlatform

/// The features of many examples in one block of memory: `rows` x `columns` bytes, one example per row, and the key of
/// each image (see `Fingerprint.key(of:)`). The block is allocated, or that of a memory-mapped file, which the system
/// reads on demand. It is written only during initialization, so threads may share it; rows of other ranks are written later,
/// by the main thread, before they are read.
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
  /// The division of the rows among ranks; nil if this process has all rows. The memory of other ranks' rows is not used.
  private(set) var shares: RowShares?

  /// Allocates zeroed bytes and lets `fill`, which must not keep the pointers, write them and return the keys. If the rows
  /// are divided, it writes its own rows and returns all keys. Throws ``DatasetError/tooLarge(examples:features:)`` if the
  /// memory cannot be allocated.
  package init(
    rows: Int, columns: Int, thumbnailColumns: Int = 0, shares: RowShares? = nil, fill: (RowMemory) throws -> [UInt32]
  ) throws {
    let features = try Self.allocate(rows: rows, columns: columns, isDivided: shares != nil)
    self.rows = rows
    self.columns = columns
    self.shares = shares
    memory = UnsafeBufferPointer(features)
    file = nil
    var thumbnails: UnsafeMutableBufferPointer<UInt8>?
    do {
      if thumbnailColumns > 0 {
        thumbnails = try Self.allocate(rows: rows, columns: thumbnailColumns, isDivided: shares != nil)
      }
      keys = try fill(RowMemory(features: features, thumbnails: thumbnails ?? .init(start: nil, count: 0)))
    } catch {
      Self.free(features)
      if let thumbnails { Self.free(thumbnails) }
      throw error
    }
    self.thumbnails = thumbnails.map { [keys] in
      FeatureStorage(rows: rows, columns: thumbnailColumns, keys: keys, shares, $0)
    }
  }

  /// Takes ownership of allocated memory.
  private init(
    rows: Int, columns: Int, keys: [UInt32], _ shares: RowShares?, _ memory: UnsafeMutableBufferPointer<UInt8>
  ) {
    (self.rows, self.columns, self.keys, self.shares) = (rows, columns, keys, shares)
    (self.memory, file, thumbnails) = (UnsafeBufferPointer(memory), nil, nil)
  }

  private static func allocate(rows: Int, columns: Int, isDivided: Bool) throws -> UnsafeMutableBufferPointer<UInt8> {
    let (size, overflow) = rows.multipliedReportingOverflow(by: columns)
    // The system zeroes pages on first access. Without a reservation, all rows together can be larger than the memory of
    // this host: the pages of other ranks' rows are never accessed.
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | (isDivided ? MAP_NORESERVE : 0)
    guard !overflow, let bytes = mmap(nil, max(size, 1), PROT_READ | PROT_WRITE, flags, -1, 0), bytes != MAP_FAILED
    else {
      throw DatasetError.tooLarge(examples: rows, features: columns)
    }
    Platform.useHugePages(bytes, size: size)
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
    shares = nil
    memory = UnsafeRawBufferPointer(rebasing: file.mapping.bytes[offset..<offset + rows * columns])
      .bindMemory(to: UInt8.self)
  }

  deinit {
    if file == nil { Self.free(UnsafeMutableBufferPointer(mutating: memory)) }
  }

  private static func free(_ memory: UnsafeMutableBufferPointer<UInt8>) {
    munmap(memory.baseAddress, max(memory.count, 1))
  }

  /// Copies all rows, and those of the thumbnails, to all ranks, which then have all rows. Collective.
  func unite() {
    guard let shares else { return }
    var start = 0
    while start < rows {
      let owner = shares.owner(of: start)
      var end = start + 1
      while end < rows, shares.owner(of: end) == owner { end += 1 }
      shares.cluster.broadcast(mutableRows(start..<end), from: owner)
      start = end
    }
    thumbnails?.unite()
    self.shares = nil
  }

  /// Copies a row to a rank that does not have it. Collective.
  func copy(_ row: Int, to rank: Int) {
    guard let shares, shares.owner(of: row) != rank else { return }
    let (cluster, memory) = (shares.cluster, mutableRows(row..<row + 1))
    if shares.isOwn(row) { cluster.send(memory, to: rank) }
    if cluster.rank == rank { cluster.receive(memory, from: shares.owner(of: row)) }
  }

  /// The memory of rows of other ranks, which no thread reads yet.
  private func mutableRows(_ rows: Range<Int>) -> UnsafeMutableBufferPointer<UInt8> {
    UnsafeMutableBufferPointer(
      mutating: UnsafeBufferPointer(rebasing: memory[rows.lowerBound * columns..<rows.upperBound * columns]))
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
