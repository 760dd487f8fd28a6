import Glibc
import PerceptIO
import PerceptImages

/// A memory-mapped cache file: a header of 64 bytes, the manifest, one byte per row that is 1 if the image could not be
/// read, the key of each image in four bytes, zero padding to a multiple of 4096 bytes, and the pixels, one example per
/// row. Nothing is used from a file that fails a check.
///
/// | bytes of the header | content (integers are little-endian) |
/// |---|---|
/// | 0 ..< 8 | `PERCEPTC` |
/// | 8 ..< 16 | format version |
/// | 16 ..< 24 | checksum of the bytes from 24 up to the pixels |
/// | 24 ..< 32 | checksum of the pixels |
/// | 32 ..< 40 | length of the manifest |
/// | 40 ..< 48 | number of rows |
/// | 48 ..< 56 | number of columns |
/// | 56 ..< 64 | zero |
struct CacheFile {
  struct Layout: Equatable {
    let manifest: Range<Int>
    let skipped: Range<Int>
    let keys: Range<Int>
    let pixels: Range<Int>
    let rows: Int
    let columns: Int

    /// Returns nil if a number is negative or the file would exceed any file size.
    init?(manifestLength: Int, rows: Int, columns: Int) {
      let (size, overflow) = rows.multipliedReportingOverflow(by: columns)
      let largest = 1 << 60
      guard !overflow, [manifestLength, rows, columns, size].allSatisfy({ (0...largest).contains($0) }) else {
        return nil
      }
      manifest = 64..<64 + manifestLength
      skipped = manifest.upperBound..<manifest.upperBound + rows
      keys = skipped.upperBound..<skipped.upperBound + 4 * rows
      let start = (keys.upperBound + 4095) / 4096 * 4096
      pixels = start..<start + size
      self.rows = rows
      self.columns = columns
    }

    /// The length of the file in bytes.
    var size: Int { pixels.upperBound }
  }

  static let magic = Array("PERCEPTC".utf8)
  /// Increase it whenever the file format or the result of a preprocessing changes: other versions are regenerated.
  static let version = 2

  let mapping: FileMapping
  let layout: Layout
  private let pixelChecksum: Checksum

  /// Opens a file and checks all but its pixels; nil if it is damaged or not a cache file of this version.
  init?(_ path: String) {
    // A symbolic link or a pipe is not a cache file, and opening a pipe could block forever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size >= 64,
      let mapping = FileMapping(descriptor, size: Int(status.st_size))
    else { return nil }
    self.init(mapping)
  }

  init?(_ mapping: FileMapping) {
    let bytes = mapping.bytes
    guard bytes.count >= 64, bytes.starts(with: Self.magic) else { return nil }
    var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[8..<64]))
    guard reader.number() == Int64(Self.version), let headChecksum = reader.number().flatMap(UInt32.init(exactly:)),
      let pixelChecksum = reader.number().flatMap(UInt32.init(exactly:)), let length = reader.number(),
      let rows = reader.number(), let columns = reader.number(),
      let layout = Layout(manifestLength: Int(length), rows: Int(rows), columns: Int(columns)),
      layout.size == bytes.count,
      Checksum(of: UnsafeRawBufferPointer(rebasing: bytes[24..<layout.pixels.lowerBound])).value == headChecksum
    else { return nil }
    self.mapping = mapping
    self.layout = layout
    self.pixelChecksum = Checksum(pixelChecksum)
  }

  /// Returns the bytes before the pixels.
  static func head(
    _ layout: Layout, manifest: [UInt8], skipped: [Int], keys: [UInt32], pixelChecksum: Checksum
  ) -> [UInt8] {
    var writer = ByteWriter()
    for number in [Int(pixelChecksum.value), manifest.count, layout.rows, layout.columns, 0] { writer.write(number) }
    var rest = writer.bytes + manifest
    rest.append(contentsOf: repeatElement(0, count: layout.pixels.lowerBound - 24 - rest.count))
    for row in skipped { rest[layout.skipped.lowerBound - 24 + row] = 1 }
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

  /// Whether the pixels match their checksum. Reads all pixels.
  var hasIntactPixels: Bool { Checksum(of: part(layout.pixels)) == pixelChecksum }

  var manifestBytes: UnsafeRawBufferPointer { part(layout.manifest) }

  /// The rows whose images could not be read.
  var skipped: [Int] {
    let states = part(layout.skipped)
    return states.indices.filter { states[$0] != 0 }
  }

  /// The keys of the images of all rows.
  var keys: [UInt32] {
    let bytes = part(layout.keys)
    return (0..<layout.rows).map {
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
    }
  }

  func row(_ row: Int) -> UnsafeRawBufferPointer {
    let start = layout.pixels.lowerBound + row * layout.columns
    return part(start..<start + layout.columns)
  }

  var storage: PixelStorage {
    PixelStorage(
      rows: layout.rows, columns: layout.columns, keys: keys, mapping: mapping, offset: layout.pixels.lowerBound)
  }

  private func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: mapping.bytes[range])
  }
}
