import Glibc
import PerceptIO
import PerceptImages

/// A cache file, mapped: a header of 64 bytes, the manifest, one byte a row that is 1 where its picture could not be
/// read, zeros up to a whole page, and the pixels, one example a row.
///
/// | bytes of the header | |
/// |---|---|
/// | 0 ..< 8 | `PERCEPTC` |
/// | 8 ..< 16 | format version |
/// | 16 ..< 24 | checksum of bytes 24 up to the pixels |
/// | 24 ..< 32 | checksum of the pixels |
/// | 32 ..< 40 | length of the manifest |
/// | 40 ..< 48 | rows |
/// | 48 ..< 56 | columns |
///
/// Nothing in a file is believed before it has been checked; of a file that fails, nothing is used.
struct CacheFile {
  /// Where everything is in a file of a manifest's length, so many rows and columns.
  struct Layout: Equatable {
    let manifest: Range<Int>
    let skipped: Range<Int>
    let pixels: Range<Int>
    let rows: Int
    let columns: Int

    /// nil where the numbers are beyond any file.
    init?(manifestLength: Int, rows: Int, columns: Int) {
      let (size, overflow) = rows.multipliedReportingOverflow(by: columns)
      let largest = 1 << 60
      guard !overflow, [manifestLength, rows, columns, size].allSatisfy({ (0...largest).contains($0) }) else {
        return nil
      }
      manifest = 64..<64 + manifestLength
      skipped = manifest.upperBound..<manifest.upperBound + rows
      let start = (skipped.upperBound + 4095) / 4096 * 4096
      pixels = start..<start + size
      self.rows = rows
      self.columns = columns
    }

    /// The length of the file.
    var size: Int { pixels.upperBound }
  }

  static let magic = Array("PERCEPTC".utf8)
  /// To be raised with every change of the format and with every change of what a preprocessing makes of a picture:
  /// files of other versions are made again.
  static let version = 1

  let mapping: FileMapping
  let layout: Layout
  private let pixelChecksum: Checksum

  /// Opens a file and checks all but its pixels; nil where it is no cache file of this version, or damaged.
  init?(_ path: String) {
    // A link or a pipe of this name is none of ours, and opening it might wait forever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size >= 64,
      let mapping = FileMapping(descriptor, size: Int(status.st_size))
    else { return nil }
    self.init(mapping)
  }

  /// The same of a file that is mapped already.
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

  /// The bytes before the pixels.
  static func head(
    _ layout: Layout, manifest: [UInt8], skipped: [Int], pixelChecksum: Checksum
  ) -> [UInt8] {
    var writer = ByteWriter()
    for number in [Int(pixelChecksum.value), manifest.count, layout.rows, layout.columns, 0] { writer.write(number) }
    var rest = writer.bytes + manifest
    rest.append(contentsOf: repeatElement(0, count: layout.pixels.lowerBound - 24 - rest.count))
    for row in skipped { rest[layout.skipped.lowerBound - 24 + row] = 1 }
    writer = ByteWriter()
    writer.write(Self.version)
    writer.write(Int(rest.withUnsafeBytes { Checksum(of: $0) }.value))
    return Self.magic + writer.bytes + rest
  }

  /// Whether the pixels are those that were written. Reads them all.
  var hasIntactPixels: Bool { Checksum(of: part(layout.pixels)) == pixelChecksum }

  /// The manifest as it was written.
  var manifestBytes: UnsafeRawBufferPointer { part(layout.manifest) }

  /// The rows whose pictures could not be read.
  var skipped: [Int] {
    let states = part(layout.skipped)
    return states.indices.filter { states[$0] != 0 }
  }

  /// The pixels of one row.
  func row(_ row: Int) -> UnsafeRawBufferPointer {
    let start = layout.pixels.lowerBound + row * layout.columns
    return part(start..<start + layout.columns)
  }

  /// The pixels, without a copy.
  var storage: PixelStorage {
    PixelStorage(rows: layout.rows, columns: layout.columns, mapping: mapping, offset: layout.pixels.lowerBound)
  }

  private func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: mapping.bytes[range])
  }
}
