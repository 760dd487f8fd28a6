import PerceptFeatures
import Testing

/// A file that must be refused.
struct HostileFile: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  let error: ONNXError

  var testDescription: String { name }

  init(_ name: String, _ bytes: [UInt8], _ error: ONNXError) {
    (self.name, self.bytes, self.error) = (name, bytes, error)
  }

  /// A file with the network `y = relu(x + w)`, changed by a closure.
  init(_ name: String, _ error: ONNXError, _ change: (inout ONNXBuilder) -> Void) {
    var builder = Self.network
    change(&builder)
    self.init(name, builder.bytes, error)
  }

  static var network: ONNXBuilder {
    ONNXBuilder(
      [.node("Add", ["x", "w"], ["s"], name: "add"), .node("Relu", ["s"], ["y"], name: "relu")],
      [.tensor("w", [1, 3, 1, 1])])
  }
}

@Suite("ONNX format")
struct ONNXFormatTests {
  @Test("the network that the hostile files are made of is accepted")
  func sound() throws {
    #expect(try decode(HostileFile.network.bytes).analysis(height: 5, width: 6).outputs[0].shape == [1, 3, 5, 6])
  }

  static let external = Message.tensor("w", [1, 3, 1, 1], raw: []).messages(
    13, [.entry("location", "/etc/passwd"), .entry("offset", "0")])

  /// A node with the attribute `a`.
  static func attribute(_ value: Message) -> [Message] {
    [.node("Relu", ["x"], ["y"], name: "relu", [Message().text(1, "a").appending(value.bytes)])]
  }

  static let otherFiles: [HostileFile] = [
    HostileFile("external data", .unsupportedPart(.externalData, of: "tensor \"w\"")) {
      $0.initializers = [external.number(14, 1)]
    },
    HostileFile("external data without a location", .unsupportedPart(.externalData, of: "tensor \"w\"")) {
      $0.initializers = [Message.tensor("w", [1, 3, 1, 1]).number(14, 1)]
    },
    HostileFile("external data that is not marked", .unsupportedPart(.externalData, of: "tensor \"w\"")) {
      $0.initializers = [external]
    },
    HostileFile(
      "external data of a constant", .unsupportedPart(.externalData, of: "attribute \"value\" of node \"c\"")
    ) {
      $0.nodes = [.node("Constant", [], ["y"], name: "c", [.attribute("value", tensor: external.number(14, 1))])]
    },
    HostileFile(
      "external data of a fill value", .unsupportedPart(.externalData, of: "attribute \"value\" of node \"c\"")
    ) {
      $0.nodes = [.node("ConstantOfShape", ["w"], ["y"], name: "c", [.attribute("value", tensor: external)])]
    },
    HostileFile("memory addresses as external data", .unsupportedPart(.externalData, of: "tensor \"w\"")) {
      $0.initializers = [
        Message.tensor("w", [1, 3, 1, 1], raw: []).message(13, .entry("location", "*/_ORT_MEM_ADDR_/*")).number(14, 1)
      ]
    },
    HostileFile("a sparse initializer", .unsupportedPart(.sparseTensor, of: "an initializer of the graph")) {
      $0.graph = Message().message(15, Message().message(1, external))
    },
    HostileFile("a sparse constant", .unsupportedPart(.sparseTensor, of: "attribute \"a\" of node \"relu\"")) {
      $0.nodes = attribute(Message().message(22, Message().message(1, external)).number(20, 11))
    },
  ]

  static let programs: [HostileFile] = [
    HostileFile("functions", .unsupportedPart(.functions, of: "the model")) {
      $0.model = Message().message(25, Message().text(1, "f").message(7, .node("f", [], [])))
    },
    HostileFile("an overloaded function", .unsupportedPart(.functions, of: "an overloaded node")) {
      $0.nodes[1] = $0.nodes[1].text(8, "f")
    },
    HostileFile("training information", .unsupportedPart(.trainingInformation, of: "the model")) {
      $0.model = Message().message(20, Message())
    },
    HostileFile("a graph in an attribute", .unsupportedPart(.subgraph, of: "attribute \"a\" of node \"relu\"")) {
      $0.nodes = attribute(Message().message(6, Message()).number(20, 5))
    },
    HostileFile("graphs in an attribute", .unsupportedPart(.subgraph, of: "attribute \"a\" of node \"relu\"")) {
      $0.nodes = attribute(Message().message(11, Message()).number(20, 10))
    },
    HostileFile("a graph that is left out", .unsupportedPart(.subgraph, of: "attribute \"a\" of node \"relu\"")) {
      $0.nodes = attribute(Message().number(20, 5))
    },
    HostileFile("graphs that are left out", .unsupportedPart(.subgraph, of: "attribute \"a\" of node \"relu\"")) {
      $0.nodes = attribute(Message().number(20, 10))
    },
    HostileFile("a hidden graph", .unsupportedPart(.subgraph, of: "attribute \"a\" of node \"relu\"")) {
      $0.nodes = attribute(Message().message(6, Message()).number(3, 1).number(20, 2))
    },
    HostileFile("If in If, 20 times", .unsupportedOperator(name: "If", domain: "", node: "\"if\"")) {
      var body = Message()
      for _ in 0..<20 {
        let branch = Message().text(1, "then_branch").message(6, body).number(20, 5)
        body = Message().message(1, .node("If", ["x"], ["y"], name: "if", [branch]))
      }
      $0.nodes = [.node("If", ["x"], ["y"], name: "if", [Message().text(1, "then_branch").message(6, body)])]
    },
    HostileFile("a loop", .unsupportedOperator(name: "Loop", domain: "", node: "\"loop_1\"")) {
      $0.nodes = [.node("Loop", ["x"], ["y"], name: "loop_1")]
    },
    HostileFile("an unnamed scan", .unsupportedOperator(name: "Scan", domain: "", node: "number 1")) {
      $0.nodes = [.node("Scan", ["x"], ["y"])]
    },
    HostileFile("another domain", .unsupportedOperator(name: "Relu", domain: "com.microsoft", node: "\"relu\"")) {
      $0.operatorSets.append(("com.microsoft", 1))
      $0.nodes[1] = $0.nodes[1].text(7, "com.microsoft")
    },
    HostileFile("a reference", .unsupportedPart(.attributeReference, of: "attribute \"a\" of node \"relu\"")) {
      $0.nodes = attribute(Message().text(21, "b").number(20, 2))
    },
    HostileFile("a type as attribute", .unsupportedPart(.attributeType, of: "attribute \"a\" of node \"relu\"")) {
      $0.nodes = attribute(Message().message(14, Message()).number(20, 13))
    },
    HostileFile("a model for several devices", .unsupportedPart(.deviceConfiguration, of: "the model")) {
      $0.model = Message().message(26, Message())
    },
    HostileFile("a node for a device", .unsupportedPart(.deviceConfiguration, of: "a node")) {
      $0.nodes[1] = $0.nodes[1].message(10, Message())
    },
    HostileFile("quantization", .unsupportedPart(.quantization, of: "the graph")) {
      $0.graph = Message().message(14, Message())
    },
    HostileFile(
      "the mark of ONNX Runtime's own format", Message().text(2, "xxORTM").appending(HostileFile.network.bytes).bytes,
      .unsupportedPart(.ortFormat, of: "the file")),
    HostileFile("options of ONNX Runtime", .unsupportedPart(.runtimeConfiguration, of: "the metadata")) {
      $0.model = Message().message(14, .entry("ort_config", "{}"))
    },
  ]

  static let tensors: [HostileFile] = [
    HostileFile("strings", .unsupportedElementType(name: "string", part: "tensor \"w\"")) {
      $0.initializers = [Message().number(1, 1).number(2, 8).text(6, "a").text(8, "w")]
    },
    HostileFile("strings in an array of numbers", .unsupportedElementType(name: "string", part: "tensor \"w\"")) {
      $0.initializers[0] = $0.initializers[0].text(6, "a")
    },
    HostileFile("half-precision weights", .unsupportedElementType(name: "float16", part: "tensor \"w\"")) {
      $0.initializers = [.tensor("w", type: 10, [3], raw: Array(repeating: 0, count: 6))]
    },
    HostileFile("an unknown type", .unsupportedElementType(name: "number 99", part: "tensor \"w\"")) {
      $0.initializers = [.tensor("w", type: 99, [3])]
    },
    HostileFile("one byte too few", .tensorSize(tensor: "tensor \"w\"", expected: 12, found: 11)) {
      $0.initializers = [.tensor("w", [3, 1], raw: Array(repeating: 0, count: 11))]
    },
    HostileFile("a missing number", .tensorSize(tensor: "tensor \"w\"", expected: 12, found: 8)) {
      $0.initializers = [Message().number(1, 3).number(2, 1).text(8, "w").float(4, 1).float(4, 2)]
    },
    HostileFile("no data", .tensorSize(tensor: "tensor \"w\"", expected: 4_000_000, found: 0)) {
      $0.initializers = [Message().number(1, 1_000_000).number(2, 1).text(8, "w")]
    },
    HostileFile(
      "data of two kinds", .malformed(problem: "tensor \"w\" has data of two kinds, or of the wrong kind")
    ) { $0.initializers[0] = $0.initializers[0].float(4, 1) },
    HostileFile(
      "integers in an array of floats", .malformed(problem: "tensor \"w\" has data of two kinds, or of the wrong kind")
    ) { $0.initializers = [Message().number(1, 1).number(2, 1).text(8, "w").number(7, 1)] },
    HostileFile("a negative dimension", .invalidShape(part: "tensor \"w\"", problem: "has the dimension -1")) {
      $0.initializers = [.tensor("w", [-1], raw: [])]
    },
    HostileFile(
      "dimensions whose product overflows",
      .invalidShape(part: "tensor \"w\"", problem: "has the dimension 4611686018427387904")
    ) { $0.initializers = [.tensor("w", [1 << 62, 4], raw: [])] },
    HostileFile(
      "a product of dimensions that overflows",
      .invalidShape(part: "tensor \"w\"", problem: "has the shape 16777216 x 16777216 x 65536, which is too large")
    ) { $0.initializers = [.tensor("w", [1 << 24, 1 << 24, 1 << 16], raw: [])] },
    HostileFile("nine dimensions", .invalidShape(part: "tensor \"w\"", problem: "has 9 dimensions, more than 8")) {
      $0.initializers = [.tensor("w", Array(repeating: 1, count: 9))]
    },
    HostileFile(
      "no elements", .invalidShape(part: "tensor \"w\"", problem: "has the shape 3 x 0, so it has no elements")
    ) { $0.initializers = [.tensor("w", [3, 0])] },
    HostileFile("truth values of 2", .malformed(problem: "tensor \"w\" has truth values other than 0 and 1")) {
      $0.initializers = [.tensor("w", type: 9, [2], raw: [1, 2])]
    },
    HostileFile("bytes of 256", .malformed(problem: "tensor \"w\" has numbers that its type does not allow")) {
      $0.initializers = [Message().number(1, 1).number(2, 2).text(8, "w").number(5, 256)]
    },
  ]

  static let values: [HostileFile] = [
    HostileFile(
      "two types",
      .malformed(problem: "attribute \"a\" of node \"relu\" has values of several types, or not of its type")
    ) { $0.nodes = attribute(Message().float(2, 1).number(3, 1).number(20, 2)) },
    HostileFile("long text", .malformed(problem: "attribute \"a\" of node \"relu\" is too long")) {
      $0.nodes = attribute(Message().text(4, String(repeating: "a", count: 65)).number(20, 3))
    },
    HostileFile("many numbers", .malformed(problem: "attribute \"a\" of node \"relu\" is too long")) {
      $0.nodes = attribute(Message().bytes(8, Array(repeating: 1, count: 4097)).number(20, 7))
    },
    HostileFile("a missing tensor", .malformed(problem: "attribute \"a\" of node \"relu\" has no tensor")) {
      $0.nodes = attribute(Message().number(20, 4))
    },
  ]

  @Test("an attribute that is not what it says is refused", arguments: values)
  func invalidValue(file: HostileFile) { #expect(throws: file.error) { try decode(file.bytes) } }

  @Test("a file that refers to other files is refused", arguments: otherFiles)
  func refersToOtherFiles(file: HostileFile) { #expect(throws: file.error) { try decode(file.bytes) } }

  @Test("a file with control flow, functions or options is refused", arguments: programs)
  func isProgram(file: HostileFile) { #expect(throws: file.error) { try decode(file.bytes) } }

  @Test("a tensor that is not what it says is refused", arguments: tensors)
  func invalidTensor(file: HostileFile) { #expect(throws: file.error) { try decode(file.bytes) } }

  @Test("other domains may be listed when no node uses them")
  func unusedDomain() throws {
    var builder = HostileFile.network
    builder.operatorSets += [("com.microsoft", 1), ("ai.onnx.ml", 3)]
    builder.nodes[1] = builder.nodes[1].text(7, "ai.onnx")
    #expect(try decode(builder.bytes).operatorNames == ["Add", "Relu"])
  }
}
