// Only sequence parameter sets declare a size (ITU-T H.265, section 7.3.2.2). A stream may contain several.
extension CodedSize {
  /// Reads the sizes in an `hvcC` property (ISO/IEC 14496-15, section 8.3.3.1).
  init(ofHEVCConfiguration content: ArraySlice<UInt8>) throws(MalformedContainer) {
    self.init()
    var reader = ContainerReader(content)
    _ = try reader.bytes(22)
    for _ in 0..<(try reader.number(bytes: 1)) {
      _ = try reader.bytes(1)
      for _ in 0..<(try reader.number(bytes: 2)) {
        try include(unit: reader.bytes(reader.number(bytes: 2)))
      }
    }
  }

  /// Reads the sizes in units after their lengths of four bytes, as libheif does regardless of the configuration.
  init(ofHEVC stream: ArraySlice<UInt8>) throws(MalformedContainer) {
    self.init()
    var reader = ContainerReader(stream)
    while !reader.rest.isEmpty { try include(unit: reader.bytes(reader.number(bytes: 4))) }
  }

  /// Includes the size in a unit, if it is a sequence parameter set of the base layer.
  private mutating func include(unit: ArraySlice<UInt8>) throws(MalformedContainer) {
    guard unit.count > 2, unit[unit.startIndex] >> 1 & 63 == 33 else { return }
    guard unit[unit.startIndex] & 1 == 0, unit[unit.startIndex + 1] >> 3 == 0 else { return }
    var reader = ContainerReader(Self.withoutEmulationPrevention(unit.dropFirst(2).prefix(1024)))
    _ = try reader.bits(4)
    let sublayers = try reader.bits(3)
    try reader.skip(bits: 1 + 96)
    try skipProfiles(ofSublayers: sublayers, in: &reader)
    _ = try reader.exponentialGolomb()
    if try reader.exponentialGolomb() == 3 { try reader.skip(bits: 1) }
    include(CodedSize(width: try reader.exponentialGolomb(), height: try reader.exponentialGolomb()))
  }

  private func skipProfiles(ofSublayers count: Int, in reader: inout ContainerReader) throws(MalformedContainer) {
    guard count > 0 else { return }
    var bits = 0
    for _ in 0..<count { bits += (try reader.flag() ? 88 : 0) + (try reader.flag() ? 8 : 0) }
    try reader.skip(bits: 2 * (8 - count) + bits)
  }

  /// Removes each 3 after two zeros.
  private static func withoutEmulationPrevention(_ unit: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var (bytes, zeros): ([UInt8], Int) = ([], 0)
    for byte in unit {
      if byte == 3, zeros >= 2 {
        zeros = 0
        continue
      }
      bytes.append(byte)
      zeros = byte == 0 ? zeros + 1 : 0
    }
    return bytes[...]
  }
}
