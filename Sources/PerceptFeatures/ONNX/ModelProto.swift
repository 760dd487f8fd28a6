/// The messages of `onnx.proto` as they are encoded in the file. Only their encoding is checked here; what they mean is
/// checked in ``ONNXGraph``. Fields that only inform people are skipped; fields that a backbone does not need are
/// refused.
struct ModelProto {
  var version: Int64 = 0
  var operatorSets: [OperatorSetProto] = []
  var graph: GraphProto?
  var metadata: [StringEntryProto] = []

  init(_ bytes: UnsafeRawBufferPointer) throws(ONNXError) {
    var reader = ProtobufReader(bytes, part: "the model")
    while let field = try reader.nextField() {
      switch field {
      case 1: version = try reader.integer()
      case 2, 3, 4, 6: try reader.skipText()
      case 5: _ = try reader.integer()
      case 7: graph = try GraphProto(reader.message("the graph"))
      case 8: operatorSets.append(try OperatorSetProto(reader.elementMessage("an operator set")))
      case 14: metadata.append(try StringEntryProto(reader.elementMessage("the metadata")))
      case 20: throw .unsupportedPart(.trainingInformation, of: reader.part)
      case 25: throw .unsupportedPart(.functions, of: reader.part)
      case 26: throw .unsupportedPart(.deviceConfiguration, of: reader.part)
      default: throw reader.unknownField
      }
      if operatorSets.count > 64 { throw .tooMany(what: "operator sets", limit: 64) }
      if metadata.count > 1000 { throw .tooMany(what: "entries in its metadata", limit: 1000) }
    }
  }
}

struct OperatorSetProto {
  var domain = ""
  var version: Int64 = 0

  init(_ reader: ProtobufReader) throws(ONNXError) {
    var reader = reader
    while let field = try reader.nextField() {
      switch field {
      case 1: domain = try reader.name()
      case 2: version = try reader.integer()
      default: throw reader.unknownField
      }
    }
  }
}

struct StringEntryProto {
  var key = UnsafeRawBufferPointer(start: nil, count: 0)
  var value = UnsafeRawBufferPointer(start: nil, count: 0)

  init(_ reader: ProtobufReader) throws(ONNXError) {
    var reader = reader
    while let field = try reader.nextField() {
      switch field {
      case 1: key = try reader.singularBytes()
      case 2: value = try reader.singularBytes()
      default: throw reader.unknownField
      }
    }
    try ProtobufReader.check(key, isTextIn: reader.part)
    try ProtobufReader.check(value, isTextIn: reader.part)
  }
}

struct GraphProto {
  static let mostNodes = 5000
  static let mostInitializers = 20_000
  static let mostDeclarations = 50_000

  var nodes: [NodeProto] = []
  var initializers: [TensorProto] = []
  var inputs: [ValueInfoProto] = []
  var outputs: [ValueInfoProto] = []
  private var nodeInputs = 0
  /// The declared types of other values.
  var values: [ValueInfoProto] = []

  init(_ reader: ProtobufReader) throws(ONNXError) {
    var reader = reader
    while let field = try reader.nextField() {
      switch field {
      case 1:
        let node = try NodeProto(reader.elementMessage("a node"))
        nodeInputs += node.inputs.count
        nodes.append(node)
        try Self.check(nodes.count, of: "nodes", limit: Self.mostNodes)
        try Self.check(nodeInputs, of: "inputs of nodes", limit: NodeProto.mostInputs)
      case 2, 10: try reader.skipText()
      case 5:
        initializers.append(try TensorProto(reader.elementMessage("an initializer")))
        try Self.check(initializers.count, of: "initializers", limit: Self.mostInitializers)
      case 11: try Self.append(reader.elementMessage("an input"), to: &inputs)
      case 12: try Self.append(reader.elementMessage("an output"), to: &outputs)
      case 13: try Self.append(reader.elementMessage("the declaration of a value"), to: &values)
      case 14: throw .unsupportedPart(.quantization, of: reader.part)
      case 15: throw .unsupportedPart(.sparseTensor, of: "an initializer of the graph")
      case 16: _ = try StringEntryProto(reader.elementMessage("metadata of the graph"))
      default: throw reader.unknownField
      }
    }
  }

  private static func append(_ reader: ProtobufReader, to list: inout [ValueInfoProto]) throws(ONNXError) {
    list.append(try ValueInfoProto(reader))
    try check(list.count, of: "declared values", limit: mostDeclarations)
  }

  private static func check(_ count: Int, of what: String, limit: Int) throws(ONNXError) {
    guard count <= limit else { throw .tooMany(what: what, limit: limit) }
  }
}
