import CPerceptZlib
import PerceptIO
import PerceptPlatform

/// Reads a file sequentially and decompresses it if it is gzipped.
final class GzipReader {
  private let path: String
  private let handle: gzFile
  private let sizeOnDisk: Int

  init(_ path: String) throws {
    let (descriptor, size) = try FileSystem.openRegularFile(path)
    guard let handle = gzdopen(descriptor, "rb") else {
      close(descriptor)
      throw FileError(path, .systemFailure(String(cString: strerror(ENOMEM))))
    }
    gzbuffer(handle, 1 << 17)
    self.handle = handle
    self.path = path
    sizeOnDisk = size
  }

  deinit {
    gzclose(handle)
  }

  func next(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { try fill($0) }
    return bytes
  }

  func fill(_ bytes: UnsafeMutableBufferPointer<UInt8>) throws {
    var filled = 0
    while filled < bytes.count {
      let step = UInt32(min(bytes.count - filled, 1 << 30))
      let count = gzread(handle, bytes.baseAddress.map { $0 + filled }, step)
      guard count >= 0 else { throw failure("its gzip data is corrupt") }
      guard count > 0 else { throw DatasetError.malformedIDX(path: path, problem: "unexpected end of file") }
      filled += Int(count)
    }
  }

  /// Reads to the end of the file, which verifies the checksum of a gzip file.
  func checkEnd() throws {
    var rest = [UInt8](repeating: 0, count: 1 << 16)
    var count: Int32 = 1
    while count > 0 { count = rest.withUnsafeMutableBytes { gzread(handle, $0.baseAddress, UInt32($0.count)) } }
    guard count == 0, status == Z_OK else { throw failure("its gzip data is truncated or corrupt") }
  }

  /// The state of the decompression in zlib's codes.
  private var status: Int32 {
    var status: Int32 = 0
    _ = gzerror(handle, &status)
    return status
  }

  /// Returns the error for the last call that failed: that of the system, if it failed, otherwise a problem of the file.
  private func failure(_ problem: String) -> any Error {
    switch status {
    case Z_MEM_ERROR: FileError(path, .systemFailure(String(cString: strerror(ENOMEM))))
    case Z_ERRNO: FileSystem.unreadable(path)
    default: DatasetError.malformedIDX(path: path, problem: problem)
    }
  }

  /// Reads an IDX header, four magic bytes and a big-endian 32-bit integer for each dimension. Returns the dimensions.
  func header(magic: [UInt8], dimensions: Int) throws -> [Int] {
    guard try next(4) == magic else {
      throw DatasetError.malformedIDX(
        path: path,
        problem: "it does not begin with the magic number of 8-bit \(dimensions == 3 ? "images" : "labels")")
    }
    return try (0..<dimensions).map { _ in try next(4).reduce(0) { $0 << 8 | Int($1) } }
  }

  /// Throws if a header declares more data than a file of this size can contain, as the compression ratio of deflate is
  /// at most 1032. Call it before allocating memory for the data.
  func checkHolds(_ count: Int, of size: Int = 1) throws {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, bytes / 1032 <= sizeOnDisk else {
      throw DatasetError.malformedIDX(
        path: path, problem: "its header declares \(count) x \(size) bytes, more than the file can contain")
    }
  }
}
