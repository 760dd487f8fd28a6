import PerceptIO
import PerceptImages
import PerceptPlatform

/// A memory-mapped cache file: a header of 64 bytes, the manifest, one byte per row that is 1 if the image could not be
/// read and 2 if it is an animation, the key of each image in four bytes, zero padding to a multiple of 4096 bytes, the
/// features, one example per row, and the thumbnails, if there are any. Nothing is used from a file that fails a check.
///
/// | bytes of the header | content (integers are little-endian) |
/// |---|---|
/// | 0 ..< 8 | `PERCEPTC` |
/// | 8 ..< 16 | format version |
/// | 16 ..< 24 | checksum of the bytes from 24 up to the features |
/// | 24 ..< 32 | checksum of features and thumbnails |
/// | 32 ..< 40 | length of the manifest |
/// | 40 ..< 48 | number of rows |
/// | 48 ..< 56 | number of features of a row |
/// | 56 ..< 64 | number of bytes of a thumbnail |
struct CacheFile {
  struct Layout: Equatable {
    let manifest: Range<Int>
    let states: Range<Int>
    let keys: Range<Int>
    let features: Range<Int>
    let thumbnails: Range<Int>
    let rows: Int
    let columns: Int
    let thumbnailColumns: Int

    /// Returns nil if a number is negative or the file would exceed any file size.
    init?(manifestLength: Int, rows: Int, columns: Int, thumbnailColumns: Int) {
      let (size, overflow) = rows.multipliedReportingOverflow(by: columns)
      let (thumbnailSize, thumbnailOverflow) = rows.multipliedReportingOverflow(by: thumbnailColumns)
      let numbers = [manifestLength, rows, columns, size, thumbnailColumns, thumbnailSize]
      guard !overflow, !thumbnailOverflow, numbers.allSatisfy({ (0...1 << 59).contains($0) }) else { return nil }
      manifest = 64..<64 + manifestLength
      states = manifest.upperBound..<manifest.upperBound + rows
      keys = states.upperBound..<states.upperBound + 4 * rows
      let start = (keys.upperBound + 4095) / 4096 * 4096
      features = start..<start + size
      thumbnails = features.upperBound..<features.upperBound + thumbnailSize
      self.rows = rows
      self.columns = columns
      self.thumbnailColumns = thumbnailColumns
    }

    /// The length of the file in bytes.
    var size: Int { thumbnails.upperBound }
  }

  static let magic = Array("PERCEPTC".utf8)
  /// Increase it whenever the file format or the result of a preprocessing changes: other versions are regenerated.
  static let version = 4

  let mapping: FileMapping
  let layout: Layout
  let featureChecksum: Checksum

  /// Takes a file that is complete.
  init(_ mapping: FileMapping, _ layout: Layout, featureChecksum: Checksum) {
    (self.mapping, self.layout, self.featureChecksum) = (mapping, layout, featureChecksum)
  }

  /// Opens a file and checks all but its features and thumbnails; nil if it is damaged or not a cache file of this version.
  init?(_ path: String) {
    // A symbolic link or a pipe is not a cache file, and opening a pipe could block forever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size >= 64,
      let mapping = FileMapping(descriptor, of: path, size: Int(status.st_size))
    else { return nil }
    self.init(mapping)
  }

  init?(_ mapping: FileMapping) {
    let bytes = mapping.bytes
    guard bytes.count >= 64, bytes.starts(with: Self.magic) else { return nil }
    var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[8..<64]))
    guard reader.number() == Int64(Self.version), let headChecksum = reader.number().flatMap(UInt32.init(exactly:)),
      let featureChecksum = reader.number().flatMap(UInt32.init(exactly:)), let length = reader.number(),
      let rows = reader.number(), let columns = reader.number(), let thumbnailColumns = reader.number(),
      let layout = Layout(
        manifestLength: Int(length), rows: Int(rows), columns: Int(columns), thumbnailColumns: Int(thumbnailColumns)),
      layout.size == bytes.count,
      Checksum(of: UnsafeRawBufferPointer(rebasing: bytes[24..<layout.features.lowerBound])).value == headChecksum
    else { return nil }
    self.init(mapping, layout, featureChecksum: Checksum(featureChecksum))
  }

  /// Returns the bytes before the features.
  static func head(
    _ layout: Layout, manifest: [UInt8], skipped: [Int], animations: [Int], keys: [UInt32], featureChecksum: Checksum
  ) -> [UInt8] {
    var writer = ByteWriter()
    let numbers = [
      Int(featureChecksum.value), manifest.count, layout.rows, layout.columns, layout.thumbnailColumns,
    ]
    for number in numbers { writer.write(number) }
    var rest = writer.bytes + manifest
    rest.append(contentsOf: repeatElement(0, count: layout.features.lowerBound - 24 - rest.count))
    for (state, rows) in [(skippedState, skipped), (animationState, animations)] {
      for row in rows { rest[layout.states.lowerBound - 24 + row] = state }
    }
    rest.withUnsafeMutableBytes { rest in
      for (row, key) in keys.enumerated() {
        rest.storeBytes(of: key.littleEndian, toByteOffset: layout.keys.lowerBound - 24 + 4 * row, as: UInt32.self)
      }
    }
    writer = ByteWriter()
    writer.write(Self.version)
    writer.write(Int(rest.withUnsafeBytes { Checksum(of: $0) }.value))
    return Self.magic + writer.bytes + rest
  }

  /// Whether features and thumbnails match their checksum. Reads all of them.
  var hasIntactFeatures: Bool {
    Checksum(of: part(layout.features.lowerBound..<layout.thumbnails.upperBound)) == featureChecksum
  }

  /// Throws `FileError` if features or thumbnails have changed since the file was opened. Reads them only if the file has
  /// been written to.
  func checkUnchanged() throws(FileError) {
    guard mapping.isUnchanged(or: { hasIntactFeatures }) else { throw FileError(mapping.path, .changed) }
  }

  var manifestBytes: UnsafeRawBufferPointer { part(layout.manifest) }

  /// The rows whose images could not be read.
  var skipped: [Int] { rows(in: Self.skippedState) }

  /// The rows whose images are animations.
  var animations: [Int] { rows(in: Self.animationState) }

  private static let skippedState: UInt8 = 1
  private static let animationState: UInt8 = 2

  private func rows(in state: UInt8) -> [Int] {
    let states = part(layout.states)
    return states.indices.filter { states[$0] == state }
  }

  /// The keys of the images of all rows.
  var keys: [UInt32] {
    let bytes = part(layout.keys)
    return (0..<layout.rows).map {
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
    }
  }

  /// Copies the features and the thumbnail of a row.
  func copyRow(_ row: Int, into target: RowMemory) {
    func copy(_ range: Range<Int>, _ columns: Int, _ target: UnsafeMutableBufferPointer<UInt8>) {
      let start = range.lowerBound + row * columns
      UnsafeMutableRawBufferPointer(target).copyMemory(from: part(start..<start + columns))
    }
    copy(layout.features, layout.columns, target.features)
    copy(layout.thumbnails, layout.thumbnailColumns, target.thumbnails)
  }

  /// The features and thumbnails of all rows, whose images have the keys ``keys``.
  func storage(keys: [UInt32]) -> FeatureStorage {
    let thumbnails =
      layout.thumbnailColumns == 0
      ? nil
      : FeatureStorage(
        rows: layout.rows, columns: layout.thumbnailColumns, keys: keys, file: self,
        offset: layout.thumbnails.lowerBound)
    return FeatureStorage(
      rows: layout.rows, columns: layout.columns, keys: keys, file: self, offset: layout.features.lowerBound,
      thumbnails: thumbnails)
  }

  private func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: mapping.bytes[range])
  }
}
