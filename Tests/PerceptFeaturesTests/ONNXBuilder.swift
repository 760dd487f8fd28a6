import PerceptFeatures

/// A protobuf message that is written field by field. Nothing is checked, so invalid messages can be written, too.
struct Message {
  private(set) var bytes: [UInt8] = []

  func appending(_ more: [UInt8]) -> Message {
    var result = self
    result.bytes += more
    return result
  }

  static func varint(_ value: UInt64) -> [UInt8] {
    var (bytes, rest) = ([UInt8](), value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private func tag(_ field: Int, wireType: UInt64) -> Message {
    appending(Self.varint(UInt64(field) << 3 | wireType))
  }

  func number(_ field: Int, _ value: some BinaryInteger) -> Message {
    tag(field, wireType: 0).appending(Self.varint(UInt64(bitPattern: Int64(value))))
  }

  func float(_ field: Int, _ value: Float) -> Message {
    tag(field, wireType: 5).appending(withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init))
  }

  func bytes(_ field: Int, _ value: some Collection<UInt8>) -> Message {
    tag(field, wireType: 2).appending(Self.varint(UInt64(value.count)) + value)
  }

  func text(_ field: Int, _ value: String) -> Message { bytes(field, value.utf8) }

  func message(_ field: Int, _ value: Message) -> Message { bytes(field, value.bytes) }

  func messages(_ field: Int, _ values: [Message]) -> Message { values.reduce(self) { $0.message(field, $1) } }
}

// The messages of ONNX.
extension Message {
  // Tensors without a name: ``ONNXBuilder/init(node:_:_:operatorSet:)`` gives one.
  static func tensor(_ dimensions: [Int]) -> Message { .tensor(nil, dimensions) }
  static func integers(_ values: [Int64], isScalar: Bool = false) -> Message {
    .integers(nil, values, isScalar: isScalar)
  }
  static func floats(_ values: [Float], isScalar: Bool = false) -> Message { .floats(nil, values, isScalar: isScalar) }

  /// A tensor of zeros, or of other data.
  static func tensor(_ name: String?, type: Int = 1, _ dimensions: [Int], raw: [UInt8]? = nil) -> Message {
    let size = [1: 4, 6: 4, 7: 8, 11: 8][type] ?? 1
    let shape = dimensions.reduce(Message()) { $0.number(1, $1) }.number(2, type)
    let data = raw ?? Array(repeating: 0, count: dimensions.reduce(size, *))
    return (name.map { shape.text(8, $0) } ?? shape).bytes(9, data)
  }

  static func integers(_ name: String?, _ values: [Int64], isScalar: Bool = false) -> Message {
    let raw = values.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
    return .tensor(name, type: 7, isScalar ? [] : [values.count], raw: raw)
  }

  static func floats(_ name: String?, _ values: [Float], isScalar: Bool = false) -> Message {
    let raw = values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    return .tensor(name, isScalar ? [] : [values.count], raw: raw)
  }

  /// Declares a value. A dimension that is nil is not fixed.
  static func value(_ name: String, type: Int = 1, _ dimensions: [Int?]?) -> Message {
    let shape = dimensions.map { dimensions in
      Message().messages(1, dimensions.map { $0.map { Message().number(1, $0) } ?? Message().text(2, "any") })
    }
    let tensor = Message().number(1, type)
    return Message().text(1, name).message(2, Message().message(1, shape.map { tensor.message(2, $0) } ?? tensor))
  }

  static func node(
    _ operatorName: String, _ inputs: [String], _ outputs: [String], name: String = "", _ attributes: [Message] = []
  ) -> Message {
    let values = outputs.reduce(inputs.reduce(Message()) { $0.text(1, $1) }) { $0.text(2, $1) }
    return (name.isEmpty ? values : values.text(3, name)).text(4, operatorName).messages(5, attributes)
  }

  static func attribute(_ name: String, _ number: Int) -> Message {
    Message().text(1, name).number(3, number).number(20, 2)
  }

  static func attribute(_ name: String, _ numbers: [Int]) -> Message {
    numbers.reduce(Message().text(1, name)) { $0.number(8, $1) }.number(20, 7)
  }

  static func attribute(_ name: String, text: String) -> Message {
    Message().text(1, name).text(4, text).number(20, 3)
  }

  static func attribute(_ name: String, float: Float) -> Message {
    Message().text(1, name).float(2, float).number(20, 1)
  }

  static func attribute(_ name: String, tensor: Message) -> Message {
    Message().text(1, name).message(5, tensor).number(20, 4)
  }

  static func entry(_ key: String, _ value: String) -> Message { Message().text(1, key).text(2, value) }
}

/// Writes an ONNX file: a graph with the input `x`, images of any size, and the output `y`, unless it is changed.
struct ONNXBuilder {
  var version = 8
  var operatorSets = [("", 13)]
  var nodes: [Message] = []
  var initializers: [Message] = []
  var inputs = [Message.value("x", [nil, 3, nil, nil])]
  var outputs = [Message.value("y", nil)]
  /// Further fields of the graph.
  var graph = Message()
  /// Further fields of the model.
  var model = Message()

  init(_ nodes: [Message] = [], _ initializers: [Message] = [], operatorSet: Int = 13) {
    (self.nodes, self.initializers, operatorSets) = (nodes, initializers, [("", operatorSet)])
  }

  /// One node `a`. Its inputs are `x`, or what the node `before` computes, and initializers.
  init(
    node operatorName: String, _ inputs: [Message], _ attributes: [Message], operatorSet: Int,
    outputs: [String] = ["y"],
    after before: Message? = nil
  ) {
    let names = inputs.indices.map { "i\($0)" }
    let operands = [before == nil ? "x" : "before"] + names
    self.init(
      (before.map { [$0] } ?? []) + [.node(operatorName, operands, outputs, name: "a", attributes)],
      zip(names, inputs).map { $1.text(8, $0) }, operatorSet: operatorSet)
  }

  var bytes: [UInt8] {
    let sets = operatorSets.map { Message().text(1, $0).number(2, $1) }
    let body = Message().messages(1, nodes).text(2, "graph").messages(5, initializers).messages(11, inputs)
      .messages(12, outputs).appending(graph.bytes)
    return Message().number(1, version).messages(8, sets).message(7, body).appending(model.bytes).bytes
  }
}

/// Decodes a graph.
func decode(_ bytes: [UInt8]) throws(ONNXError) -> ONNXGraph {
  let result = bytes.withUnsafeBytes { bytes in
    Result { () throws(ONNXError) in try ONNXGraph(decoding: bytes) }
  }
  return try result.get()
}
