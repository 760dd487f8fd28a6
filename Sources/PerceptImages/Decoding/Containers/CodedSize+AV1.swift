// A sequence header declares the size of its frames (AV1, section 5.5). A frame header may override it (section 5.9.5).
extension CodedSize {
  /// Reads the sizes in a sequence of open bitstream units: the content of an `av1C` property after its first 4 bytes, or
  /// the data of an item.
  init(ofAV1 stream: ArraySlice<UInt8>) throws(MalformedContainer) {
    self.init()
    var (reader, sequence) = (ContainerReader(stream), AV1Sequence?.none)
    while !reader.rest.isEmpty {
      let header = try reader.number(bytes: 1)
      if header & 4 != 0 { _ = try reader.bytes(1) }  // layers
      let length = header & 2 != 0 ? try Self.length(&reader) : reader.rest.count
      let unit = try reader.bytes(length)
      switch header >> 3 & 15 {
      case 1:
        let found = try AV1Sequence(unit)
        include(found.size)
        sequence = found
      case 3, 6, 7:
        guard let sequence else { throw MalformedContainer(words: "a frame precedes the sequence header") }
        if try sequence.overridesSize(inFrame: unit) {
          include(sequence.largestSize)
        }
      default: break
      }
    }
  }

  /// Reads a number in groups of 7 bits, the least significant first (`leb128`).
  private static func length(_ reader: inout ContainerReader) throws(MalformedContainer) -> Int {
    var length = 0
    for group in 0..<5 {
      let byte = try reader.number(bytes: 1)
      length |= (byte & 127) << (7 * group)
      if byte < 128 { return length }
    }
    throw MalformedContainer(words: "a number is out of range")
  }
}

/// The fields of a sequence header that frame headers depend on, up to the size of the frame.
private struct AV1Sequence {
  private enum Choice { case never, always, perFrame }

  let size: CodedSize
  /// The numbers of bits of a width and a height in a frame header.
  private let widthBits: Int
  private let heightBits: Int
  private let isReduced: Bool
  private var frameNumberBits = 0
  /// The number of bits of the time of presentation that frames with `show_frame` have.
  private var timeBits = 0
  private var screenContent = Choice.perFrame
  private var integerMotion = Choice.perFrame

  /// The largest size of a frame that overrides the size of the sequence. Encoders use no more bits than the size of the
  /// sequence needs; then it is that size, and a frame has at most twice its width and height.
  var largestSize: CodedSize {
    CodedSize(
      width: 1 << widthBits < 2 * size.width ? size.width : 1 << widthBits,
      height: 1 << heightBits < 2 * size.height ? size.height : 1 << heightBits)
  }

  init(_ unit: ArraySlice<UInt8>) throws(MalformedContainer) {
    var reader = ContainerReader(unit)
    try reader.skip(bits: 4)  // profile, still picture
    isReduced = try reader.flag()
    if isReduced {
      try reader.skip(bits: 5)
    } else {
      timeBits = try Self.skipOperatingPoints(&reader)
    }
    widthBits = try reader.bits(4) + 1
    heightBits = try reader.bits(4) + 1
    size = CodedSize(width: try reader.bits(widthBits) + 1, height: try reader.bits(heightBits) + 1)
    if isReduced { return }
    if try reader.flag() { frameNumberBits = try reader.bits(4) + 2 + reader.bits(3) + 1 }
    try reader.skip(bits: 3 + 4)  // tools
    if try reader.flag() { try reader.skip(bits: 2) }  // order hints
    screenContent = try Self.choice(&reader)
    if screenContent != .never { integerMotion = try Self.choice(&reader) }
  }

  /// Skips timing and operating points. Returns the number of bits of a time of presentation.
  private static func skipOperatingPoints(_ reader: inout ContainerReader) throws(MalformedContainer) -> Int {
    var (delayBits, timeBits, hasModel) = (0, 0, false)
    if try reader.flag() {
      try reader.skip(bits: 64)
      let isRegular = try reader.flag()
      if isRegular { _ = try reader.exponentialGolomb() }
      hasModel = try reader.flag()
      if hasModel {
        delayBits = try reader.bits(5) + 1
        try reader.skip(bits: 32 + 5)
        timeBits = try reader.bits(5) + 1
      }
      if isRegular { timeBits = 0 }
    }
    let hasDelays = try reader.flag()
    for _ in 0...(try reader.bits(5)) {
      try reader.skip(bits: 12)
      if try reader.bits(5) > 7 { try reader.skip(bits: 1) }
      if hasModel, try reader.flag() { try reader.skip(bits: 2 * delayBits + 1) }
      if hasDelays, try reader.flag() { try reader.skip(bits: 4) }
    }
    return timeBits
  }

  private static func choice(_ reader: inout ContainerReader) throws(MalformedContainer) -> Choice {
    if try reader.flag() { return .perFrame }
    return try reader.flag() ? .always : .never
  }

  /// Reads `frame_size_override_flag`, or the frame type that implies it.
  func overridesSize(inFrame unit: ArraySlice<UInt8>) throws(MalformedContainer) -> Bool {
    if isReduced { return false }
    var reader = ContainerReader(unit)
    if try reader.flag() { return false }  // shows an existing frame
    let type = try reader.bits(2)  // 0: key frame, 3: switch frame
    let isShown = try reader.flag()
    try reader.skip(bits: isShown ? timeBits : 1)
    if type != 3, !(type == 0 && isShown) { try reader.skip(bits: 1) }
    try reader.skip(bits: 1)
    let hasScreenContent = screenContent == .perFrame ? try reader.flag() : screenContent == .always
    if hasScreenContent, integerMotion == .perFrame { try reader.skip(bits: 1) }
    try reader.skip(bits: frameNumberBits)
    return type == 3 ? true : try reader.flag()
  }
}
