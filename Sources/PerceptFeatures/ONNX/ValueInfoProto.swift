/// The declaration of a value: its name, and the type and shape of the tensor, as far as they are given.
struct ValueInfoProto {
  var name = ""
  var type: TensorTypeProto?

  init(_ reader: ProtobufReader) throws(ONNXError) {
    var reader = reader
    while let field = try reader.nextField() {
      switch field {
      case 1: name = try reader.name()
      case 2: type = try Self.type(reader.message("the type of a value"))
      case 3: try reader.skipText()
      case 4: _ = try StringEntryProto(reader.elementMessage("metadata of a value"))
      default: throw reader.unknownField
      }
    }
  }

  /// Reads a `TypeProto`. Sequences, maps and the like are refused, so types are not nested.
  private static func type(_ reader: ProtobufReader) throws(ONNXError) -> TensorTypeProto? {
    var reader = reader
    var type: TensorTypeProto?
    while let field = try reader.nextField() {
      switch field {
      case 1: type = try TensorTypeProto(reader.message("the type of a tensor"))
      case 4, 5, 7, 8, 9:
        throw .unsupportedElementType(name: "sequence, map, optional or sparse tensor", part: "a value")
      case 6: try reader.skipText()
      default: throw reader.unknownField
      }
    }
    return type
  }
}

struct TensorTypeProto {
  var elementType: Int32 = 0
  /// The dimensions; nil for one that is not fixed. Nil if even their number is not declared.
  var shape: [Int64?]?

  init(_ reader: ProtobufReader) throws(ONNXError) {
    var reader = reader
    while let field = try reader.nextField() {
      switch field {
      case 1: elementType = try reader.integer32()
      case 2: shape = try Self.shape(reader.message("a shape"))
      default: throw reader.unknownField
      }
    }
  }

  private static func shape(_ reader: ProtobufReader) throws(ONNXError) -> [Int64?] {
    var reader = reader
    var shape: [Int64?] = []
    while let field = try reader.nextField() {
      guard field == 1 else { throw reader.unknownField }
      shape.append(try dimension(reader.elementMessage("a dimension")))
      guard shape.count <= ONNXValue.largestRank else {
        throw .tooMany(what: "dimensions", limit: ONNXValue.largestRank)
      }
    }
    return shape
  }

  private static func dimension(_ reader: ProtobufReader) throws(ONNXError) -> Int64? {
    var reader = reader
    var value: Int64?
    var isNamed = false
    while let field = try reader.nextField() {
      switch field {
      case 1: value = try reader.integer()
      case 2:
        try reader.skipText()
        isNamed = true
      case 3: try reader.skipText()
      default: throw reader.unknownField
      }
    }
    guard value == nil || !isNamed else { throw .malformed(problem: "a dimension has both a number and a name") }
    return value
  }
}
