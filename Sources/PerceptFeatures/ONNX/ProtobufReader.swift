import PerceptIO

/// Reads the fields of one protobuf message, in place. It is stricter than protobuf, so that no other reader can
/// understand the same bytes differently: a singular field occurs at most once, every number has its shortest encoding,
/// groups are refused, and the caller knows every field.
struct ProtobufReader {
  private enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
  }

  /// What the message describes, for errors: `a node`.
  let part: String
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  /// Where the current field begins.
  private var start = 0
  private var number = 0
  private var wireType = WireType.varint
  private var seen: UInt64 = 0

  init(_ bytes: UnsafeRawBufferPointer, part: String) {
    self.bytes = bytes
    self.part = part
  }

  /// Advances to the next field and returns its number; nil at the end of the message. The caller then reads its value.
  mutating func nextField() throws(ONNXError) -> Int? {
    guard position < bytes.count else { return nil }
    start = position
    let tag = try varint()
    // The largest number of a field in ONNX is 26.
    guard (1..<64).contains(tag >> 3) else { throw .unknownField(number: tag >> 3, part: part) }
    guard let type = WireType(rawValue: tag & 7) else {
      throw malformed("field \(tag >> 3) of \(part) has the unsupported wire type \(tag & 7)")
    }
    (number, wireType) = (Int(tag >> 3), type)
    return number
  }

  /// The error of a field that the message does not have.
  var unknownField: ONNXError { .unknownField(number: UInt64(number), part: part) }

  /// Reads the current field, whatever it contains, and returns it as it is encoded, with its number.
  mutating func encodedField() throws(ONNXError) -> UnsafeRawBufferPointer {
    switch wireType {
    case .varint: _ = try varint()
    case .fixed64: _ = try fixed(8)
    case .fixed32: _ = try fixed(4)
    case .bytes: _ = try lengthDelimited()
    }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
  }

  /// Reads a singular integer.
  mutating func integer() throws(ONNXError) -> Int64 {
    try once(.varint)
    return Int64(bitPattern: try varint())
  }

  /// Reads a singular number of 32 bits: an `int32` or a value of an enum. Other readers ignore the upper 32 bits.
  mutating func integer32() throws(ONNXError) -> Int32 {
    let value = try integer()
    guard let result = Int32(exactly: value) else {
      throw malformed("field \(number) of \(part) has the value \(value), which is out of range")
    }
    return result
  }

  /// Reads a singular `float`.
  mutating func float() throws(ONNXError) -> Float {
    try once(.fixed32)
    return Float(bitPattern: UInt32(truncatingIfNeeded: try fixed(4)))
  }

  /// Reads singular bytes.
  mutating func singularBytes() throws(ONNXError) -> UnsafeRawBufferPointer {
    try once(.bytes)
    return try lengthDelimited()
  }

  /// Reads and ignores singular text, which must be UTF-8.
  mutating func skipText() throws(ONNXError) { try Self.check(try singularBytes(), isTextIn: part) }

  /// Reads one element of repeated bytes.
  mutating func element() throws(ONNXError) -> UnsafeRawBufferPointer {
    try require(.bytes)
    return try lengthDelimited()
  }

  /// Reads a singular message.
  mutating func message(_ part: String) throws(ONNXError) -> ProtobufReader {
    ProtobufReader(try singularBytes(), part: part)
  }

  /// Reads one element of a repeated message.
  mutating func elementMessage(_ part: String) throws(ONNXError) -> ProtobufReader {
    ProtobufReader(try element(), part: part)
  }

  /// Reads a singular name.
  mutating func name() throws(ONNXError) -> String { try Self.name(singularBytes(), in: part) }

  /// Reads one element of repeated names.
  mutating func elementName() throws(ONNXError) -> String { try Self.name(element(), in: part) }

  /// Appends the integers of a repeated field, which may be packed.
  mutating func append(integersTo list: inout ScalarList) throws(ONNXError) {
    guard wireType == .bytes else {
      try require(.varint)
      return list.append(try varint())
    }
    var packed = ProtobufReader(try lengthDelimited(), part: part)
    while packed.position < packed.bytes.count { list.append(try packed.varint()) }
  }

  /// Appends the numbers of a repeated field of `size` bytes each (4 or 8), which may be packed.
  mutating func append(fixed size: Int, to list: inout ScalarList) throws(ONNXError) {
    guard wireType == .bytes else {
      try require(size == 4 ? .fixed32 : .fixed64)
      return list.append(try fixed(size))
    }
    var packed = ProtobufReader(try lengthDelimited(), part: part)
    guard packed.bytes.count.isMultiple(of: size) else {
      throw malformed("packed field \(number) of \(part) ends within a number")
    }
    while !list.isComplete, packed.position < packed.bytes.count { list.append(try packed.fixed(size)) }
    list.count += (packed.bytes.count - packed.position) / size
  }
}

extension ProtobufReader {
  /// The longest name of a value, a node or an operator in bytes.
  static let longestName = 1024

  private static func name(_ bytes: UnsafeRawBufferPointer, in part: String) throws(ONNXError) -> String {
    guard bytes.count <= longestName else {
      throw .malformed(problem: "\(part) has a name of \(bytes.count) bytes, more than \(longestName)")
    }
    return try text(bytes, in: part)
  }

  static func check(_ bytes: UnsafeRawBufferPointer, isTextIn part: String) throws(ONNXError) {
    guard bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil else {
      throw .malformed(problem: "\(part) has text that is not UTF-8")
    }
  }

  /// Decodes text without characters that could mislead a terminal.
  static func text(_ bytes: UnsafeRawBufferPointer, in part: String) throws(ONNXError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed(problem: "\(part) has text that is not UTF-8")
    }
    guard bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) || !text.unicodeScalars.contains(where: \.isUnsafeOnTerminal)
    else { throw .malformed(problem: "\(part) has a name with control characters") }
    return text
  }

  private func malformed(_ problem: String) -> ONNXError { .malformed(problem: problem) }

  private var truncated: ONNXError { malformed("\(part) is truncated") }

  private func require(_ type: WireType) throws(ONNXError) {
    guard wireType == type else {
      throw malformed("field \(number) of \(part) has the wrong wire type \(wireType.rawValue)")
    }
  }

  private mutating func once(_ type: WireType) throws(ONNXError) {
    try require(type)
    guard seen & 1 << UInt64(number) == 0 else { throw .repeatedField(number: number, part: part) }
    seen |= 1 << UInt64(number)
  }

  private mutating func varint() throws(ONNXError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      guard position < bytes.count else { throw truncated }
      let byte = bytes[position]
      position += 1
      guard shift < 63 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7F) << shift
      guard byte >= 0x80 else {
        guard byte != 0 || shift == 0 else { throw malformed("\(part) has a number with superfluous bytes") }
        return value
      }
    }
    throw malformed("\(part) has a number of more than 64 bits")
  }

  private mutating func fixed(_ size: Int) throws(ONNXError) -> UInt64 {
    guard bytes.count - position >= size else { throw truncated }
    defer { position += size }
    return (0..<size).reduce(0) { $0 | UInt64(bytes[position + $1]) << UInt64(8 * $1) }
  }

  private mutating func lengthDelimited() throws(ONNXError) -> UnsafeRawBufferPointer {
    let length = try varint()
    guard length <= UInt64(bytes.count - position) else { throw truncated }
    defer { position += Int(length) }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(length)])
  }
}
