/// Decodes run lengths of BMP (RLE4 and RLE8): pairs of a count and one or two indices, and escapes.
struct BMPRuns {
  private let bytes: [UInt8]
  private var position: Int
  private let bits: Int
  private let width: Int
  private let height: Int
  private var (column, row) = (0, 0)

  /// Returns the indices of all pixels from the top down.
  static func indices(
    _ header: BMPHeader, bits: Int, in request: DecodingRequest
  ) throws(ImageError.Reason) -> [UInt8] {
    var runs = BMPRuns(header, bits: bits, request.bytes)
    let count = header.width * header.height
    let indices = request.memory.samples(count) { indices in
      indices.initialize(repeating: 0, count: count)
      return runs.draw { column, row, index in
        indices[(header.isTopDown ? row : header.height - 1 - row) * header.width + column] = index
      }
    }
    guard let indices else { throw BMPHeader.truncated }
    return indices
  }

  private init(_ header: BMPHeader, bits: Int, _ bytes: [UInt8]) {
    (self.bytes, position, self.bits) = (bytes, header.start, bits)
    (width, height) = (header.width, header.height)
  }

  /// Calls `set` with every pixel that the runs contain. Returns `false` if the file ends before they do.
  private mutating func draw(_ set: (_ column: Int, _ row: Int, _ index: UInt8) -> Void) -> Bool {
    while row < height {
      guard let count = next(), let value = next() else { return false }
      switch (count, value) {
      case (0, 0): (column, row) = (0, row + 1)
      case (0, 1): return true
      case (0, 2):
        guard let right = next(), let up = next() else { return false }
        (column, row) = (column + right, row + up)
      case (0, _):
        let length = PackedSamples.byteCount(of: value, bits: bits)
        guard position + length <= bytes.count else { return false }
        for i in 0..<value { put(bits == 8 ? bytes[position + i] : nibble(bytes[position + i / 2], i), set) }
        position += (length + 1) / 2 * 2
      default:
        let pair = UInt8(truncatingIfNeeded: value)
        for i in 0..<count { put(bits == 8 ? pair : nibble(pair, i), set) }
      }
    }
    return true
  }

  private func nibble(_ byte: UInt8, _ index: Int) -> UInt8 { index % 2 == 0 ? byte >> 4 : byte & 15 }

  /// Sets the next pixel of the row, unless the row is full.
  private mutating func put(_ index: UInt8, _ set: (Int, Int, UInt8) -> Void) {
    guard column < width else { return }
    set(column, row, index)
    column += 1
  }

  private mutating func next() -> Int? {
    guard position < bytes.count else { return nil }
    position += 1
    return Int(bytes[position - 1])
  }
}
