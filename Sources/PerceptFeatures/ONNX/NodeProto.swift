/// A node as it is encoded in the file.
struct NodeProto {
  static let mostValues = 1024
  /// The largest number of inputs of all nodes of a graph together.
  static let mostInputs = 50_000
  static let mostAttributes = 64

  var inputs: [String] = []
  var outputs: [String] = []
  var name = ""
  var operatorName = ""
  var domain = ""
  var attributes: [AttributeProto] = []

  init(_ reader: ProtobufReader) throws(ONNXError) {
    var reader = reader
    while let field = try reader.nextField() {
      switch field {
      case 1: inputs.append(try reader.elementName())
      case 2: outputs.append(try reader.elementName())
      case 3: name = try reader.name()
      case 4: operatorName = try reader.name()
      case 5: attributes.append(try AttributeProto(reader.elementMessage("an attribute")))
      case 6: try reader.skipText()
      case 7: domain = try reader.name()
      case 8: throw .unsupportedPart(.functions, of: "an overloaded node")
      case 9: _ = try StringEntryProto(reader.elementMessage("metadata of a node"))
      case 10: throw .unsupportedPart(.deviceConfiguration, of: reader.part)
      default: throw reader.unknownField
      }
      guard max(inputs.count, outputs.count) <= Self.mostValues else {
        throw .tooMany(what: "inputs or outputs of a node", limit: Self.mostValues)
      }
      guard attributes.count <= Self.mostAttributes else {
        throw .tooMany(what: "attributes of a node", limit: Self.mostAttributes)
      }
    }
  }
}

/// An attribute as it is encoded in the file.
struct AttributeProto {
  var name = ""
  var type: Int32 = 0
  var isReference = false
  /// The fields that contain a value.
  var fields: Set<Int> = []
  var float: Float = 0
  var integer: Int64 = 0
  var string = UnsafeRawBufferPointer(start: nil, count: 0)
  var tensor: TensorProto?
  var floats = ScalarList()
  var integers = ScalarList()

  init(_ reader: ProtobufReader) throws(ONNXError) {
    var reader = reader
    while let field = try reader.nextField() {
      switch field {
      case 1: name = try reader.name()
      case 13: try reader.skipText()
      case 20: type = try reader.integer32()
      case 21:
        _ = try reader.singularBytes()
        isReference = true
      case 2...11, 14, 15, 22, 23:
        fields.insert(field)
        try readValue(field, from: &reader)
      default: throw reader.unknownField
      }
    }
  }

  private mutating func readValue(_ field: Int, from reader: inout ProtobufReader) throws(ONNXError) {
    switch field {
    case 2: float = try reader.float()
    case 3: integer = try reader.integer()
    case 4: string = try reader.singularBytes()
    case 5: tensor = try TensorProto(reader.message("the tensor of an attribute"))
    case 7: try reader.append(fixed: 4, to: &floats)
    case 8: try reader.append(integersTo: &integers)
    case 6, 14, 22: _ = try reader.singularBytes()
    default: _ = try reader.element()
    }
  }
}
