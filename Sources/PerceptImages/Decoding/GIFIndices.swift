/// Decompresses the indices of a frame: LZW with codes of up to 12 bits, the first in the lowest bits.
struct GIFIndices {
  private static let mostCodes = 4096

  private var blocks: GIFBlocks
  private var part: ArraySlice<UInt8> = []
  private var (buffer, bufferedBits) = (0, 0)
  /// The code that empties the table. The next one ends the data.
  private let clear: Int
  private var bits: Int
  /// The number of codes in use.
  private var count: Int
  /// For each code, that of its string without the last index, and this last index.
  private var prefixes = [UInt16](repeating: 0, count: mostCodes)
  private var lasts = [UInt8](repeating: 0, count: mostCodes)
  /// The last code; `nil` after the table was emptied.
  private var previous: Int?
  /// The indices of the current string that are not returned yet, in reverse order.
  private var string: [UInt8] = []

  /// - Parameters:
  ///   - blocks: the file, at the pixels of a frame.
  ///   - bits: the number of bits of an index, from 1 to 8.
  init(_ blocks: GIFBlocks, bits: Int) {
    self.blocks = blocks
    clear = 1 << bits
    (self.bits, count) = (bits + 1, clear + 2)
    string.reserveCapacity(Self.mostCodes)
    for index in 0..<clear { lasts[index] = UInt8(truncatingIfNeeded: index) }
  }

  mutating func next() throws(ImageError.Reason) -> UInt8 {
    while true {
      if let index = string.popLast() { return index }
      try readString()
    }
  }

  /// Reads the rest of the frame. Throws if the file ends before it.
  mutating func finish() throws(ImageError.Reason) { try blocks.skipSubblocks() }

  private mutating func readString() throws(ImageError.Reason) {
    let code = try readCode()
    if code == clear {
      (bits, count, previous) = (clear.trailingZeroBitCount + 1, clear + 2, nil)
      return
    }
    guard code != clear + 1 else { throw GIFBlocks.corrupt("pixels are missing") }
    guard let previous else {
      guard code < clear else { throw Self.damaged }
      self.previous = code
      return string.append(lasts[code])
    }
    guard code <= count, code < Self.mostCodes else { throw Self.damaged }
    // The code that is about to be added stands for the previous string and its own first index.
    if code == count { string.append(0) }
    appendReversed(code == count ? previous : code)
    guard let first = string.last else { return }
    if code == count { string[0] = first }
    if count < Self.mostCodes {
      (prefixes[count], lasts[count]) = (UInt16(truncatingIfNeeded: previous), first)
      count += 1
      if count == 1 << bits, bits < 12 { bits += 1 }
    }
    self.previous = code
  }

  private mutating func appendReversed(_ code: Int) {
    var code = code
    while code >= clear {
      string.append(lasts[code])
      code = Int(prefixes[code])
    }
    string.append(lasts[code])
  }

  private mutating func readCode() throws(ImageError.Reason) -> Int {
    while bufferedBits < bits {
      if part.isEmpty {
        part = try blocks.subblock()
        if part.isEmpty { throw GIFBlocks.corrupt("pixels are missing") }
      }
      buffer |= Int(part.removeFirst()) << bufferedBits
      bufferedBits += 8
    }
    defer {
      buffer >>= bits
      bufferedBits -= bits
    }
    return buffer & (1 << bits - 1)
  }

  private static let damaged = GIFBlocks.corrupt("the pixel data is damaged")
}
