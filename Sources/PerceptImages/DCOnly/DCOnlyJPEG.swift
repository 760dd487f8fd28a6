import PerceptPlatform

/// Removes the coefficients of a JPEG that decoding at 1/8 size does not use. At this size, each block of 8 x 8 samples
/// becomes one sample, its mean, which is given by the first of the block's 64 coefficients (the DC coefficient). The
/// other 63 (the AC coefficients) are most of the file, and reading them takes most of the time. This type skips them,
/// several in one step, and ends each block after its DC coefficient. The decoder produces exactly the same image from
/// that file in a fraction of the time. Blocks that are decoded to more than one sample, those of subsampled color, are
/// copied. Unusual or damaged files are left to the decoder, which decodes or rejects them.
package struct DCOnlyJPEG {
  private struct Block {
    let first: HuffmanLookup
    let others: HuffmanLookup
    /// Whether only the DC coefficient is kept.
    let isDCOnly: Bool
    let endOfBlock: (code: UInt64, length: Int)
  }

  private var reader: BitReader
  private var writer: BitWriter

  /// Returns a file, in an array of `memory`, that decodes to the same image at 1/8 size; `nil` if the complete file
  /// must be decoded.
  package static func dcOnly(_ bytes: [UInt8], in memory: SampleMemory) -> [UInt8]? {
    guard let scan = JPEGScan(bytes) else { return nil }
    let scanLength = bytes.count - scan.start
    // The result of a damaged file could be longer than the file; writing then stops.
    let capacity = bytes.count + BitWriter.mostBytesOfBlock
    let dcOnly = memory.samples(upTo: capacity) { dcOnly in
      var length = 0
      let work = memory.samples(upTo: scanLength + BitReader.lookAhead) { work in
        dcOnly.update(from: bytes, count: scan.start)
        var dcOnlyDecoding = DCOnlyJPEG(reader: BitReader(work), writer: BitWriter(dcOnly + scan.start))
        withExtendedLifetime(scan) {
          if dcOnlyDecoding.write(scan, of: bytes, by: work, upTo: dcOnly + bytes.count) {
            length = dcOnlyDecoding.writer.next - dcOnly
          }
        }
        return 0
      }
      memory.reuse(work)
      return length
    }
    if !dcOnly.isEmpty { return dcOnly }
    memory.reuse(dcOnly)
    return nil
  }

  /// Writes the scan, one restart interval after another, and the end marker; returns `false` if the file is unusual.
  private mutating func write(
    _ scan: JPEGScan, of bytes: [UInt8], by work: UnsafeMutablePointer<UInt8>, upTo limit: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    guard let blocks = Self.blocks(of: scan) else { return false }
    var remaining = scan.unitCount
    var position = scan.start
    var restarts: UInt8 = 0
    while remaining > 0 {
      guard let part = Self.unstuff(bytes, from: position, into: work) else { return false }
      reader = BitReader(work)
      let count = scan.restartInterval == 0 ? remaining : min(scan.restartInterval, remaining)
      for _ in 0..<count {
        for block in blocks {
          guard reader.position(from: work) <= 8 * part.length, writer.next <= limit, pass(block) else { return false }
        }
      }
      remaining -= count
      // A decoder warns about leftover bits and about unexpected markers.
      guard 0..<8 ~= 8 * part.length - reader.position(from: work) else { return false }
      guard part.marker == (remaining > 0 ? 0xD0 + restarts % 8 : 0xD9) else { return false }
      writer.end(with: part.marker)
      position = part.end
      restarts &+= 1
    }
    return true
  }

  /// Returns the blocks of one MCU (minimum coded unit); `nil` if a Huffman table is missing.
  private static func blocks(of scan: JPEGScan) -> [Block]? {
    var blocks: [Block] = []
    for component in scan.components {
      guard let first = scan.tables[0][component.first], let others = scan.tables[1][component.others],
        let endOfBlock = others.endOfBlock
      else { return nil }
      let block = Block(
        first: first.lookup, others: others.lookup, isDCOnly: scan.isOneSample(component), endOfBlock: endOfBlock)
      blocks += Array(repeating: block, count: scan.components.count == 1 ? 1 : component.across * component.down)
    }
    return blocks
  }

  /// Copies bytes up to the next marker, without the zero bytes that are stuffed after 0xFF.
  private static func unstuff(
    _ bytes: [UInt8], from position: Int, into work: UnsafeMutablePointer<UInt8>
  ) -> (length: Int, marker: UInt8, end: Int)? {
    bytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return nil }
      var position = position
      var length = 0
      while position < bytes.count, let found = memchr(start + position, 0xFF, bytes.count - position) {
        let place = UnsafeRawPointer(found) - UnsafeRawPointer(start)
        guard place + 1 < bytes.count else { return nil }
        let isStuffed = bytes[place + 1] == 0
        let count = place - position + (isStuffed ? 1 : 0)
        (work + length).update(from: start + position, count: count)
        length += count
        position = place + 2
        if isStuffed { continue }
        (work + length).update(repeating: 0, count: BitReader.lookAhead)
        return (length, bytes[place + 1], position)
      }
      return nil
    }
  }

  /// Copies a block or its DC coefficient; returns `false` if a code is invalid.
  @inline(__always)
  private mutating func pass(_ block: Block) -> Bool {
    reader.refill()
    let entry = block.first.symbol(reader.bits)
    guard entry != 0, entry & 0xFF <= 11 else { return false }
    copy(entry >> 8 + entry & 0xFF)
    guard block.isDCOnly else { return copyOthers(block.others) }
    guard skipOthers(block.others) else { return false }
    writer.put(block.endOfBlock.code, block.endOfBlock.length)
    return true
  }

  @inline(__always)
  private mutating func copy(_ length: Int) {
    writer.put(reader.bits &>> UInt64(64 &- length), length)
    reader.drop(length)
  }

  private mutating func copyOthers(_ codes: HuffmanLookup) -> Bool {
    var next = 1
    while next < 64 {
      reader.refill()
      let entry = codes.symbol(reader.bits)
      guard entry != 0 else { return false }
      let (run, valueLength) = (entry >> 4 & 15, entry & 15)
      copy(entry >> 8 + valueLength)
      if valueLength == 0, run != 15 { break }
      next += run + 1
    }
    return true
  }

  /// Skips coefficients up to the end of the block; one step skips all coefficients that are complete within 12 bits.
  private mutating func skipOthers(_ codes: HuffmanLookup) -> Bool {
    var reader = reader
    defer { self.reader = reader }
    var next = 1
    while next < 64 {
      reader.refill()
      var skip = codes.skip(reader.bits)
      var steps = 4  // of 12 bits each; 56 bits are available
      while steps > 0, next &+ skip &>> 8 < 64 {
        reader.drop(skip & 0xFF)
        next &+= skip &>> 8
        steps &-= 1
        skip = codes.skip(reader.bits)
      }
      if steps == 0 { continue }
      if HuffmanLookup.endsBlock(skip, next) {
        reader.drop(skip & 0xFF)
        return true
      }
      reader.refill()
      let entry = codes.symbol(reader.bits)
      guard entry != 0 else { return false }
      let (run, valueLength) = (entry >> 4 & 15, entry & 15)
      reader.drop(entry >> 8 + valueLength)
      if valueLength == 0, run != 15 { break }
      next += run + 1
    }
    return true
  }
}
