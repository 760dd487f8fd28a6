import Glibc

/// A JPEG without what decoding it at an eighth of its size throws away.
///
/// At an eighth, 8 x 8 samples become one, their mean, which is the first of a block's 64 coefficients. The other 63 are
/// most of the file, and reading them most of the time. Here they are passed over, several in one step, and a file is
/// written in which those blocks end after their first coefficient: the decoder makes the very same picture of it in a
/// fraction of the time. Blocks of which it needs more, those of halved color, are copied.
///
/// Nothing is ever decided here about a file that is unusual or damaged: there is then no thin one, and the whole one is
/// decoded, or refused, as it is.
package struct DCOnlyJPEG {
  private struct Block {
    let first: HuffmanLookup
    let others: HuffmanLookup
    /// Whether only the first coefficient is kept.
    let isDCOnly: Bool
    let endOfBlock: (code: UInt64, length: Int)
  }

  private var reader: BitReader
  private var writer: BitWriter

  /// The thin form of a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - memory: where its array comes from.
  /// - Returns: a file that is the same picture at an eighth; nil where the whole one is to be decoded.
  package static func dcOnly(_ bytes: [UInt8], in memory: SampleMemory) -> [UInt8]? {
    guard let scan = JPEGScan(bytes) else { return nil }
    let scanLength = bytes.count - scan.start
    // A damaged file might become longer; it is left when it does.
    let room = bytes.count + BitWriter.mostBytesOfBlock
    let dcOnly = memory.samples(upTo: room) { dcOnly in
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

  /// Writes the scan, part by part where restart markers divide it, and the end; false where the file is unusual.
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
      // Bits that are left over, or a marker that is not the one expected, are worth a warning to a decoder.
      guard 0..<8 ~= 8 * part.length - reader.position(from: work) else { return false }
      guard part.marker == (remaining > 0 ? 0xD0 + restarts % 8 : 0xD9) else { return false }
      writer.end(with: part.marker)
      position = part.end
      restarts &+= 1
    }
    return true
  }

  /// The blocks of one interleaved unit; nil where a table is missing.
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

  /// Copies bytes up to the next marker without the zeros that are stuffed behind bytes of ones.
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

  /// Copies a block, or its first coefficient; false where its codes are none.
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

  /// Drops coefficients up to the end of the block, as many at once as twelve bits hold whole.
  private mutating func skipOthers(_ codes: HuffmanLookup) -> Bool {
    var reader = reader
    defer { self.reader = reader }
    var next = 1
    while next < 64 {
      reader.refill()
      var skip = codes.skip(reader.bits)
      var steps = 4  // of twelve bits each, which 56 are enough for
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
