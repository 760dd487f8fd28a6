import PerceptImages

/// Reads the images of an IDX file in order.
final class IDXReader {
  private let images: IDXImages
  private let file: GzipReader
  private var index = 0

  init(_ images: IDXImages) throws {
    self.images = images
    file = try GzipReader(images.file)
    _ = try file.header(magic: [0, 0, 8, 3], dimensions: 3)
  }

  func next(into pixels: UnsafeMutableBufferPointer<UInt8>) throws {
    do {
      try file.fill(pixels)
    } catch {
      try images.checkUnchanged()  // a file that was truncated while it was read is not called damaged
      throw error
    }
    index += 1
  }

  func skip(to wanted: Int) throws {
    guard index < wanted else { return }
    var unused = [UInt8](repeating: 0, count: images.size.width * images.size.height)
    while index < wanted { try unused.withUnsafeMutableBufferPointer { try next(into: $0) } }
  }

  /// Reads the rest of the file. Throws if it is shorter than its header declares, its gzip checksum is wrong, or it was
  /// changed while it was read.
  func finish() throws {
    try skip(to: images.labels.count)
    try images.checkUnchanged()
    try file.checkEnd()
  }
}
