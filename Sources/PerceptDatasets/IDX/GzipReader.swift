import CPerceptZlib
import PerceptIO

/// A file read from the front, inflated on the way if it is gzipped.
final class GzipReader {
  private let path: String
  private let handle: gzFile
  private let sizeOnDisk: Int

  init(_ path: String) throws {
    sizeOnDisk = try FileSystem.size(of: path)
    guard let handle = gzopen(path, "rb") else { throw FileError(path, .unreadable("it cannot be opened")) }
    gzbuffer(handle, 1 << 17)
    self.handle = handle
    self.path = path
  }

  deinit {
    gzclose(handle)
  }

  /// The next `count` bytes.
  func next(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { try fill($0) }
    return bytes
  }

  /// Fills `bytes` with what comes next.
  func fill(_ bytes: UnsafeMutableBufferPointer<UInt8>) throws {
    var filled = 0
    while filled < bytes.count {
      let step = UInt32(min(bytes.count - filled, 1 << 30))
      let count = gzread(handle, bytes.baseAddress.map { $0 + filled }, step)
      guard count > 0 else {
        throw DatasetError.malformedIDX(
          path: path, problem: count < 0 ? "its gzip data is corrupt" : "it ends too soon")
      }
      filled += Int(count)
    }
  }

  /// Reads to the end of the file, where a gzip file has its checksum.
  func checkEnd() throws {
    var rest = [UInt8](repeating: 0, count: 1 << 16)
    var count: Int32 = 1
    while count > 0 { count = rest.withUnsafeMutableBytes { gzread(handle, $0.baseAddress, UInt32($0.count)) } }
    var status: Int32 = 0
    _ = gzerror(handle, &status)
    guard count == 0, status == Z_OK else {
      throw DatasetError.malformedIDX(path: path, problem: "its gzip data is truncated or corrupt")
    }
  }

  /// The sizes in an IDX header: four magic bytes, then a big-endian 32-bit number for each dimension.
  func header(magic: [UInt8], dimensions: Int) throws -> [Int] {
    guard try next(4) == magic else {
      throw DatasetError.malformedIDX(
        path: path, problem: "it does not begin with the bytes of \(dimensions == 3 ? "pictures" : "labels") of 8 bits")
    }
    return try (0..<dimensions).map { _ in try next(4).reduce(0) { $0 << 8 | Int($1) } }
  }

  /// Refuses a header that promises more than a file of this size can hold (deflate shrinks to 1/1032 at best), before
  /// any memory is taken for it.
  func checkHolds(_ count: Int, of size: Int = 1) throws {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, bytes / 1032 <= sizeOnDisk else {
      throw DatasetError.malformedIDX(
        path: path, problem: "it promises \(count) x \(size) bytes, more than it can hold")
    }
  }
}
