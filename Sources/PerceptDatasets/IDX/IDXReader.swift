import PerceptImages

/// The pictures of an IDX file, in order.
final class IDXReader {
  private let images: IDXImages
  private let file: GzipReader
  private var index = 0

  init(_ images: IDXImages) throws {
    self.images = images
    file = try GzipReader(images.file)
    _ = try file.header(magic: [0, 0, 8, 3], dimensions: 3)
  }

  /// Copies the next picture's pixels.
  func next(into pixels: UnsafeMutableBufferPointer<UInt8>) throws {
    try file.fill(pixels)
    index += 1
  }

  /// Leaves pictures out, so that the next is that of an index.
  func skip(to wanted: Int) throws {
    guard index < wanted else { return }
    var unused = [UInt8](repeating: 0, count: images.size.width * images.size.height)
    while index < wanted { try unused.withUnsafeMutableBufferPointer { try next(into: $0) } }
  }

  /// Reads the rest.
  ///
  /// - Throws: ``DatasetError`` when the file is shorter than it promises, or its gzip checksum is wrong.
  func finish() throws {
    try skip(to: images.labels.count)
    try file.checkEnd()
  }
}
