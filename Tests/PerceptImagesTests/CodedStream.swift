/// The headers of coded streams, from the specifications of HEVC and AV1.
enum CodedStream {
  // MARK: HEVC

  /// Returns a sequence parameter set (unit 33), with emulation prevention.
  static func sequenceParameterSet(_ width: Int, _ height: Int, sublayers: Int = 0, layer: Int = 0) -> [UInt8] {
    var bits = Bits()
    bits.append(0, 4)
    bits.append(sublayers, 3)
    bits.append(1, 1)
    bits.append(0, 96)  // the general profile and level
    if sublayers > 0 {
      for _ in 0..<sublayers { bits.append(3, 2) }
      bits.append(0, 2 * (8 - sublayers) + 96 * sublayers)
    }
    bits.appendGolomb(0)
    bits.appendGolomb(3)  // 4:4:4
    bits.append(0, 1)
    bits.appendGolomb(width)
    bits.appendGolomb(height)
    bits.append(1, 8)
    var (unit, zeros): ([UInt8], Int) = ([33 << 1, UInt8(layer << 3 | 1)], 0)
    for byte in bits.bytes {
      if zeros == 2, byte <= 3 {
        unit.append(3)
        zeros = 0
      }
      unit.append(byte)
      zeros = byte == 0 ? zeros + 1 : 0
    }
    return unit
  }

  /// Returns units after their lengths.
  static func hevc(_ units: [[UInt8]]) -> [UInt8] { units.flatMap { HEIFFile.number($0.count, 4) + $0 } }

  /// Returns the property `hvcC`.
  static func configuration(_ units: [[UInt8]]) -> [UInt8] {
    var content = [UInt8](repeating: 0, count: 22)
    content[0] = 1
    content.append(UInt8(units.count))
    for unit in units { content += [33] + HEIFFile.number(1, 2) + HEIFFile.number(unit.count, 2) + unit }
    return HEIFFile.box("hvcC", content)
  }

  // MARK: AV1

  /// Returns a sequence header. Unless it is reduced, it has all optional fields before the size.
  static func sequenceHeader(_ width: Int, _ height: Int, isReduced: Bool, sideBits: (Int, Int) = (16, 16)) -> [UInt8] {
    var bits = Bits()
    bits.append(isReduced ? 0b00011 : 0b00000, 5)
    if isReduced {
      bits.append(0, 5)
    } else {
      bits.append(1, 1)  // timing: a picture lasts 3 ticks
      bits.append(0, 64)
      bits.append(1, 1)
      bits.appendGolomb(2)
      bits.append(1, 1)  // decoder model: delays of 10 bits
      bits.append(9, 5)
      bits.append(0, 32 + 5 + 5)
      bits.append(1, 1)  // delays of operating points
      bits.append(1, 5)  // two operating points, of a high and a low level
      for level in [9, 2] {
        bits.append(0, 12)
        bits.append(level, 5)
        if level > 7 { bits.append(0, 1) }
        bits.append(1, 1)
        bits.append(0, 21)
        bits.append(1, 1)
        bits.append(0, 4)
      }
    }
    bits.append(sideBits.0 - 1, 4)
    bits.append(sideBits.1 - 1, 4)
    bits.append(width - 1, sideBits.0)
    bits.append(height - 1, sideBits.1)
    if !isReduced {
      bits.append(1, 1)  // frame numbers of 2 + 0 + 1 bits
      bits.append(0, 7)
      bits.append(0, 7)
      bits.append(1, 1)  // order hints
      bits.append(0, 2)
      bits.append(0b11, 2)  // screen content and integer motion: in each frame
    }
    bits.append(0, 32)
    return unit(1, bits.bytes)
  }

  /// Returns a key frame of a sequence that is not reduced.
  static func frame(overridesSize: Bool) -> [UInt8] {
    var bits = Bits()
    bits.append(0b000_1_0_1_1, 7)  // key frame, shown, screen content with integer motion
    bits.append(0, 3)
    bits.append(overridesSize ? 1 : 0, 1)
    bits.append(0, 32)
    return unit(6, bits.bytes)
  }

  /// Returns an open bitstream unit with its length.
  static func unit(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
    [type << 3 | 2, UInt8(content.count & 127 | 128), UInt8(content.count >> 7)] + content
  }
}

/// Collects bits, most significant first.
private struct Bits {
  private var all: [Bool] = []

  mutating func append(_ number: Int, _ count: Int) {
    for bit in (0..<count).reversed() { all.append(bit < 63 && number >> bit & 1 == 1) }
  }

  mutating func appendGolomb(_ number: Int) {
    let length = Int.bitWidth - (number + 1).leadingZeroBitCount
    append(0, length - 1)
    append(number + 1, length)
  }

  /// The bits, filled up with zeros to whole bytes.
  var bytes: [UInt8] {
    stride(from: 0, to: all.count, by: 8).map { start in
      (0..<8).reduce(0) { $0 << 1 | (start + $1 < all.count && all[start + $1] ? 1 : 0) }
    }
  }
}
