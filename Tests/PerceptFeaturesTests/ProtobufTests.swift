import PerceptFeatures
import Testing

@Suite("Protobuf")
struct ProtobufTests {
  static let network = HostileFile.network

  static func malformed(_ problem: String) -> ONNXError { .malformed(problem: problem) }

  /// Adds bytes to the end of the model.
  static func file(_ name: String, _ bytes: [UInt8], _ error: ONNXError) -> HostileFile {
    HostileFile(name, network.bytes + bytes, error)
  }

  static let encodings: [HostileFile] = [
    file(
      "a number that does not end", [0x28] + Array(repeating: 0x80, count: 20),
      malformed("the model has a number of more than 64 bits")),
    file(
      "a number of 65 bits", [0x28] + Array(repeating: 0xFF, count: 9) + [2],
      malformed("the model has a number of more than 64 bits")),
    file(
      "a number with superfluous bytes", [0x28, 0x81, 0x80, 0x00],
      malformed("the model has a number with superfluous bytes")),
    file("a tag with superfluous bytes", [0xA8, 0x00, 1], malformed("the model has a number with superfluous bytes")),
    file("a length beyond the end", [0x12, 5, 65], malformed("the model is truncated")),
    file("a length of 64 bits", [0x12] + Array(repeating: 0xFF, count: 9) + [1], malformed("the model is truncated")),
    file("the start of a group", [0x13, 0x14], malformed("field 2 of the model has the unsupported wire type 3")),
    file("the end of a group", [0x14], malformed("field 2 of the model has the unsupported wire type 4")),
    file(
      "groups in groups", Array(repeating: 0x13, count: 1000),
      malformed("field 2 of the model has the unsupported wire type 3")),
    file("an unknown wire type", [0x16], malformed("field 2 of the model has the unsupported wire type 6")),
    file(
      "text where a number belongs", Message().text(5, "a").bytes,
      malformed("field 5 of the model has the wrong wire type 2")),
    file(
      "a number where text belongs", Message().number(2, 1).bytes,
      malformed("field 2 of the model has the wrong wire type 0")),
    file(
      "a field of 64 bits", [0x11] + Array(repeating: 0, count: 8),
      malformed("field 2 of the model has the wrong wire type 1")),
    file("field 0", [0x00, 0], .unknownField(number: 0, part: "the model")),
    file(
      "the largest field", Message.varint(0xFFFF_FFFF_FFFF_FFFD) + [0, 0, 0, 0],
      .unknownField(number: 0x1FFF_FFFF_FFFF_FFFF, part: "the model")),
    HostileFile(
      "a type beyond 32 bits", malformed("field 2 of an initializer has the value 4294967297, which is out of range")
    ) {
      $0.initializers = [Message.tensor("w", type: 1 << 32 + 1, [3], raw: [])]
    },
    HostileFile(
      "packed numbers that end within a number", malformed("packed field 4 of an initializer ends within a number")
    ) {
      $0.initializers = [Message().number(1, 1).number(2, 1).bytes(4, [1, 2, 3])]
    },
    HostileFile("a name that is not UTF-8", malformed("a node has text that is not UTF-8")) {
      $0.nodes[0] = Message().bytes(1, [0xFF])
    },
    HostileFile("a comment that is not UTF-8", malformed("the graph has text that is not UTF-8")) {
      $0.graph = Message().bytes(10, [0xC3, 0x28])
    },
    HostileFile("a float that is cut off", malformed("an attribute is truncated")) {
      $0.nodes[0] = $0.nodes[0].message(5, Message().appending([0x15, 0, 0, 0]))
    },
    HostileFile("a name with control characters", malformed("a node has a name with control characters")) {
      $0.nodes[0] = Message().text(1, "x\u{1B}[2J")
    },
    HostileFile("a long name", malformed("a node has a name of 1025 bytes, more than 1024")) {
      $0.nodes[0] = Message().text(1, String(repeating: "x", count: 1025))
    },
  ]

  static let unknownFields: [HostileFile] = [
    HostileFile("model", .unknownField(number: 9, part: "the model")) { $0.model = Message().number(9, 1) },
    HostileFile("graph", .unknownField(number: 3, part: "the graph")) { $0.graph = Message().number(3, 1) },
    HostileFile("node", .unknownField(number: 11, part: "a node")) { $0.nodes[0] = $0.nodes[0].number(11, 1) },
    HostileFile("attribute", .unknownField(number: 12, part: "an attribute")) {
      $0.nodes[0] = $0.nodes[0].message(5, Message().number(12, 1))
    },
    HostileFile("tensor", .unknownField(number: 15, part: "an initializer")) {
      $0.initializers[0] = $0.initializers[0].number(15, 1)
    },
    HostileFile("a segment of a tensor", .unknownField(number: 3, part: "an initializer")) {
      $0.initializers[0] = $0.initializers[0].message(3, Message().number(1, 0))
    },
    HostileFile("declaration", .unknownField(number: 5, part: "an output")) {
      $0.outputs[0] = $0.outputs[0].number(5, 1)
    },
    HostileFile("type", .unknownField(number: 2, part: "the type of a value")) {
      $0.outputs = [Message().text(1, "y").message(2, Message().number(2, 1))]
    },
    HostileFile("tensor type", .unknownField(number: 3, part: "the type of a tensor")) {
      $0.outputs = [Message().text(1, "y").message(2, Message().message(1, Message().number(3, 1)))]
    },
    HostileFile("shape", .unknownField(number: 2, part: "a shape")) {
      $0.outputs = [declaration(shape: Message().number(2, 1))]
    },
    HostileFile("dimension", .unknownField(number: 4, part: "a dimension")) {
      $0.outputs = [declaration(shape: Message().message(1, Message().number(4, 1)))]
    },
    HostileFile("operator set", .unknownField(number: 3, part: "an operator set")) {
      $0.model = Message().message(8, Message().number(3, 1))
    },
    HostileFile("metadata", .unknownField(number: 3, part: "the metadata")) {
      $0.model = Message().message(14, Message().number(3, 1))
    },
    HostileFile("metadata of a node", .unknownField(number: 3, part: "metadata of a node")) {
      $0.nodes[0] = $0.nodes[0].message(9, Message().number(3, 1))
    },
  ]

  static func declaration(shape: Message) -> Message {
    Message().text(1, "y").message(2, Message().message(1, Message().number(1, 1).message(2, shape)))
  }

  static let repeatedFields: [HostileFile] = [
    file("the version", Message().number(1, 8).bytes, .repeatedField(number: 1, part: "the model")),
    // Protobuf merges the two graphs.
    file("the graph", Message().message(7, Message()).bytes, .repeatedField(number: 7, part: "the model")),
    HostileFile("the operator of a node", .repeatedField(number: 4, part: "a node")) {
      $0.nodes[0] = $0.nodes[0].text(4, "Loop")
    },
    HostileFile("the name of a node", .repeatedField(number: 3, part: "a node")) {
      $0.nodes[0] = $0.nodes[0].text(3, "a")
    },
    HostileFile("the domain of a node", .repeatedField(number: 7, part: "a node")) {
      $0.nodes[0] = $0.nodes[0].text(7, "").text(7, "com.microsoft")
    },
    HostileFile("the data of a tensor", .repeatedField(number: 9, part: "an initializer")) {
      $0.initializers[0] = $0.initializers[0].bytes(9, [])
    },
    HostileFile("the type of a tensor", .repeatedField(number: 2, part: "an initializer")) {
      $0.initializers[0] = $0.initializers[0].number(2, 1)
    },
    HostileFile("the location of a tensor", .repeatedField(number: 14, part: "an initializer")) {
      $0.initializers[0] = $0.initializers[0].number(14, 0).number(14, 1)
    },
    HostileFile("the value of an attribute", .repeatedField(number: 3, part: "an attribute")) {
      $0.nodes[0] = $0.nodes[0].message(5, Message().number(3, 1).number(3, 0))
    },
    HostileFile("the tensor of an attribute", .repeatedField(number: 5, part: "an attribute")) {
      $0.nodes[0] = $0.nodes[0].message(5, Message().message(5, Message()).message(5, Message()))
    },
    HostileFile("the type of a value", .repeatedField(number: 2, part: "an output")) {
      $0.outputs[0] = $0.outputs[0].message(2, Message())
    },
    HostileFile("the number of a dimension", .repeatedField(number: 1, part: "a dimension")) {
      $0.outputs = [declaration(shape: Message().message(1, Message().number(1, 1).number(1, 2)))]
    },
    HostileFile("the key of metadata", .repeatedField(number: 1, part: "the metadata")) {
      $0.model = Message().message(14, Message().text(1, "a").text(1, "b"))
    },
  ]

  @Test("an encoding that another reader could understand differently is refused", arguments: encodings)
  func encoding(file: HostileFile) { #expect(throws: file.error) { try decode(file.bytes) } }

  @Test("a message with an unknown field is refused", arguments: unknownFields)
  func unknownField(file: HostileFile) { #expect(throws: file.error) { try decode(file.bytes) } }

  @Test("a message with a singular field that occurs twice is refused", arguments: repeatedFields)
  func repeatedField(file: HostileFile) { #expect(throws: file.error) { try decode(file.bytes) } }

  @Test("a file that is truncated at any byte is refused")
  func truncated() throws {
    let bytes = ONNXGraphTests.network().bytes
    #expect(bytes.count > 500)
    for length in 0..<bytes.count {
      #expect(throws: ONNXError.self, "\(length) of \(bytes.count) bytes") { try decode(Array(bytes[..<length])) }
    }
  }

  @Test("fields that only inform people are skipped, and their order does not matter")
  func informativeFields() throws {
    var builder = Self.network
    let expected = try decode(builder.bytes)
    let note = Message.entry("pkg.torch.onnx.stack_trace", "File \"a.py\"\n")
    builder.nodes[0] = Message().text(6, "about").message(9, note).appending(builder.nodes[0].bytes)
    builder.initializers[0] = builder.initializers[0].text(12, "about").message(16, note)
    builder.outputs[0] = builder.outputs[0].text(3, "about").message(4, note)
    builder.graph = Message().text(10, "about").message(16, note)
    builder.model = Message().text(2, "pytorch").text(3, "2").text(4, "domain").number(5, -1).text(6, "about")
    #expect(try decode(builder.bytes) == expected)
  }
}

extension ProtobufTests {
  @Test("written fields are those of the reference encoder")
  func writing() {
    var writer = ProtobufWriter()
    for value in [0, 1, 127, 128, 300, Int64.max, -1, .min] { writer.add(20, value) }
    writer.add(1, "ä")
    writer.add(9, [UInt8](repeating: 7, count: 200))
    writer.add(7) { message in
      message.add(1, "")
      message.add(2) { $0.add(3, Int64(5)) }
    }
    var expected = Message()
    for value in [0, 1, 127, 128, 300, Int64.max, -1, .min] { expected = expected.number(20, value) }
    expected = expected.text(1, "ä").bytes(9, [UInt8](repeating: 7, count: 200))
    let inner = Message().text(1, "").message(2, Message().number(3, 5))
    #expect(writer.bytes == expected.message(7, inner).bytes)
  }
}
