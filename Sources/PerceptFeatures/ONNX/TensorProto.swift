/// A tensor as it is encoded in the file. Its data is not copied, and only looked at if it is small.
struct TensorProto {
  var name = ""
  var dimensions = ScalarList()
  var type: Int32 = 0
  var raw: UnsafeRawBufferPointer?
  /// The data where it is not raw, by the number of the field.
  var typed: [Int: ScalarList] = [:]
  var hasStrings = false
  var isExternal = false

  init(_ reader: ProtobufReader) throws(ONNXError) {
    var reader = reader
    while let field = try reader.nextField() {
      switch field {
      case 1: try reader.append(integersTo: &dimensions)
      case 2: type = try reader.integer32()
      case 4: try reader.append(fixed: 4, to: &typed[field, default: ScalarList()])
      case 5, 7, 11: try reader.append(integersTo: &typed[field, default: ScalarList()])
      case 6:
        _ = try reader.element()
        hasStrings = true
      case 8: name = try reader.name()
      case 9: raw = try reader.singularBytes()
      case 10: try reader.append(fixed: 8, to: &typed[field, default: ScalarList()])
      case 12: try reader.skipText()
      case 13:
        _ = try reader.element()
        isExternal = true
      case 14: isExternal = try reader.integer32() != 0 || isExternal
      case 16: _ = try StringEntryProto(reader.elementMessage("metadata of \(reader.part)"))
      default: throw reader.unknownField
      }
    }
  }
}

extension ONNXValue {
  /// Validates a tensor. `part` names it: `tensor "w"`.
  init(_ tensor: TensorProto, of part: String) throws(ONNXError) {
    guard !tensor.isExternal else { throw .unsupportedPart(.externalData, of: part) }
    guard !tensor.hasStrings else { throw .unsupportedElementType(name: "string", part: part) }
    let type = try ElementType(number: tensor.type, of: part)
    guard let dimensions = tensor.dimensions.integers, dimensions.count <= Self.largestRank else {
      throw .invalidShape(
        part: part, problem: "has \(tensor.dimensions.count) dimensions, more than \(Self.largestRank)")
    }
    let shape = dimensions.map { Int(clamping: $0) }
    let value = try ONNXValue(type, shape, of: part)
    let contents = try tensor.contents(of: value, part: part)
    try self.init(type, shape, contents: contents, of: part)
  }
}

extension TensorProto {
  /// Checks that there is exactly the data that the value requires. Returns it if it is small.
  fileprivate func contents(of value: ONNXValue, part: String) throws(ONNXError) -> ONNXValue.Contents? {
    var found = raw?.count ?? 0
    for (field, list) in typed {
      guard raw == nil, field == value.type.typedDataField else {
        throw .malformed(problem: "\(part) has data of two kinds, or of the wrong kind")
      }
      found = list.count * value.type.size
    }
    guard found == value.byteCount else {
      throw .tensorSize(tensor: part, expected: value.byteCount, found: found)
    }
    if value.type == .bool, let raw, !raw.allSatisfy({ $0 <= 1 }) {
      throw .malformed(problem: "\(part) has truth values other than 0 and 1")
    }
    guard value.count <= (value.type == .float32 ? ONNXValue.trackedFloats : ONNXValue.trackedElements) else {
      return nil
    }
    if let raw { return value.type.contents(ofRaw: raw) }
    return try typedContents(value.type, part: part)
  }

  private func typedContents(_ type: ElementType, part: String) throws(ONNXError) -> ONNXValue.Contents? {
    let list = typed.first?.value ?? ScalarList()
    switch type {
    case .float64: return nil
    case .float32: return ONNXValue.Contents(floats: list.floats)
    case .uint8, .int8, .int32, .int64, .bool:
      guard let integers = list.integers, let range = type.range else { return nil }
      guard integers.allSatisfy(range.contains) else {
        throw .malformed(problem: "\(part) has numbers that its type does not allow")
      }
      return .integers(integers)
    }
  }
}

extension ElementType {
  /// The field of `TensorProto` for data that is not raw.
  fileprivate var typedDataField: Int {
    switch self {
    case .float32: 4
    case .uint8, .int8, .int32, .bool: 5
    case .int64: 7
    case .float64: 10
    }
  }

  /// Decodes little-endian elements. `raw` has a whole number of them.
  fileprivate func contents(ofRaw raw: UnsafeRawBufferPointer) -> ONNXValue.Contents? {
    func list<T: FixedWidthInteger>(_: T.Type) -> [T] {
      stride(from: 0, to: raw.count, by: MemoryLayout<T>.size).map {
        T(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: T.self))
      }
    }
    return switch self {
    case .float32: ONNXValue.Contents(floats: list(UInt32.self).map(Float.init(bitPattern:)))
    case .uint8, .bool: .integers(list(UInt8.self).map(Int64.init))
    case .int8: .integers(list(Int8.self).map(Int64.init))
    case .int32: .integers(list(Int32.self).map(Int64.init))
    case .int64: .integers(list(Int64.self))
    case .float64: nil
    }
  }
}
