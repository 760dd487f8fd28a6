import PerceptFeatures
import Testing

@Suite("Refused ONNX graph")
struct ONNXGraphRefusalTests {
  static let names: [HostileFile] = [
    HostileFile("two initializers of one name", .duplicateName("w", what: "values")) {
      $0.initializers.append(.tensor("w", [1]))
    },
    HostileFile("a node that computes an initializer", .duplicateName("w", what: "values")) {
      $0.nodes.append(.node("Relu", ["x"], ["w"]))
    },
    HostileFile("a node that computes the input", .duplicateName("x", what: "values")) {
      $0.nodes.append(.node("Relu", ["s"], ["x"]))
    },
    HostileFile("two nodes that compute one value", .duplicateName("s", what: "values")) {
      $0.nodes.append(.node("Relu", ["x"], ["s"]))
    },
    HostileFile("a node that computes one value twice", .duplicateName("a", what: "values")) {
      $0.nodes.append(.node("Split", ["x"], ["a", "a"]))
    },
    HostileFile("a value without a name", .malformed(problem: "a value has no name")) {
      $0.nodes.append(.node("Relu", ["x"], [""]))
    },
    HostileFile("a node that uses its own result", .undefinedValue(name: "s", user: "node \"add\"")) {
      $0.nodes[0] = .node("Add", ["x", "s"], ["s"], name: "add")
    },
    HostileFile("a cycle", .undefinedValue(name: "y", user: "node \"add\"")) {
      $0.nodes[0] = .node("Add", ["x", "y"], ["s"], name: "add")
    },
    HostileFile("nodes in the wrong order", .undefinedValue(name: "s", user: "node \"relu\"")) { $0.nodes.reverse() },
    HostileFile("a value that does not exist", .undefinedValue(name: "z", user: "node number 3")) {
      $0.nodes.append(.node("Relu", ["z"], ["a"]))
    },
    HostileFile("an output that does not exist", .undefinedValue(name: "z", user: "an output of the graph")) {
      $0.outputs.append(.value("z", nil))
    },
    HostileFile("the input as an output", .undefinedValue(name: "x", user: "an output of the graph")) {
      $0.outputs = [.value("x", nil)]
    },
    HostileFile("an output twice", .duplicateName("y", what: "outputs")) { $0.outputs.append(.value("y", nil)) },
    HostileFile("an attribute twice", .duplicateName("alpha", what: "attributes of node \"a\"")) {
      $0.nodes.append(
        .node(
          "Elu", ["x"], ["a"], name: "a", [.attribute("alpha", float: 1), .attribute("alpha", float: 2)]))
    },
    HostileFile("an entry of the metadata twice", .duplicateName("a", what: "entries of the metadata")) {
      $0.model = Message().messages(14, [.entry("a", "b"), .entry("a", "c")])
    },
    HostileFile("an operator set twice", .duplicateName("ai.onnx", what: "operator sets")) {
      $0.operatorSets.append(("ai.onnx", 13))
    },
  ]

  static let noModel = ONNXError.malformed(problem: "it does not begin with the version of its format")

  static let counts: [HostileFile] = [
    HostileFile("6,000 nodes", .tooMany(what: "nodes", limit: 5000)) {
      $0.nodes += (0..<6000).map { .node("Relu", ["x"], ["n\($0)"]) }
    },
    HostileFile("20,001 initializers", .tooMany(what: "initializers", limit: 20_000)) {
      $0.initializers = (0..<20_001).map { .tensor("w\($0)", [1]) }
    },
    HostileFile("1,025 inputs of a node", .tooMany(what: "inputs or outputs of a node", limit: 1024)) {
      $0.nodes = [.node("Sum", Array(repeating: "x", count: 1025), ["y"])]
    },
    HostileFile("50,001 inputs of all nodes", .tooMany(what: "inputs of nodes", limit: 50_000)) {
      $0.nodes = (0..<49).map { .node("Sum", Array(repeating: "x", count: 1024), ["y\($0)"]) }
    },
    HostileFile("65 attributes", .tooMany(what: "attributes of a node", limit: 64)) {
      $0.nodes[0] = .node("Elu", ["x"], ["s"], (0..<65).map { .attribute("a\($0)", $0) })
    },
    HostileFile("metadata of 2 MB", .tooMany(what: "bytes of metadata", limit: 1 << 20)) {
      $0.model = Message().message(14, .entry("a", String(repeating: "b", count: 2_000_000)))
    },
    HostileFile("a long key", .tooMany(what: "bytes of metadata", limit: 1 << 20)) {
      $0.model = Message().message(14, .entry(String(repeating: "b", count: 1025), "a"))
    },
    HostileFile(
      "old operators", .unsupportedVersion(what: "operator set", version: 6, supported: 7...25)
    ) { $0.operatorSets = [("", 6)] },
    HostileFile(
      "future operators", .unsupportedVersion(what: "operator set", version: 26, supported: 7...25)
    ) { $0.operatorSets = [("", 26)] },
    HostileFile("no operator set", .malformed(problem: "it does not import the standard operators")) {
      $0.operatorSets = [("ai.onnx.ml", 1)]
    },
    HostileFile(
      "a future format", .unsupportedVersion(what: "version of the format", version: 99, supported: 3...13)
    ) { $0.version = 99 },
    HostileFile("nothing", [], noModel),
    HostileFile("text", Array("a,b\n".utf8), noModel),
    HostileFile("zeros", Array(repeating: 0, count: 100), noModel),
    HostileFile("a version only", [8, 8], .malformed(problem: "it has no graph")),
  ]

  static func input(_ shape: String) -> ONNXError {
    .unsupportedInput(problem: "input \"x\" is \(shape); it must be N x 3 x H x W or N x H x W x 3")
  }

  static func sides(_ shape: String) -> ONNXError {
    .unsupportedInput(problem: "input \"x\" is \(shape); the sides of images must be from 1 to 4096")
  }

  static let notImages = ONNXError.unsupportedInput(
    problem: "input \"x\" must be float32 with four dimensions: the images")

  static let declarations: [HostileFile] = [
    HostileFile("no input", .unsupportedInput(problem: "it has 0 inputs; a backbone has one, the images")) {
      $0.inputs = []
    },
    HostileFile("two inputs", .unsupportedInput(problem: "it has 2 inputs; a backbone has one, the images")) {
      $0.inputs.append(.value("z", [1]))
    },
    HostileFile("four channels", input("? x 4 x ? x ?")) { $0.inputs = [.value("x", [nil, 4, nil, nil])] },
    HostileFile("unknown channels", input("1 x ? x ? x ?")) { $0.inputs = [.value("x", [1, nil, nil, nil])] },
    HostileFile("an input of three dimensions", notImages) { $0.inputs = [.value("x", [3, nil, nil])] },
    HostileFile("an input of unknown shape", notImages) { $0.inputs = [.value("x", nil)] },
    HostileFile("an input of bytes", notImages) { $0.inputs = [.value("x", type: 2, [1, 3, nil, nil])] },
    HostileFile(
      "a batch of eight",
      .unsupportedInput(problem: "input \"x\" is 8 x 3 x ? x ?; export the network for batches of one image")
    ) { $0.inputs = [.value("x", [8, 3, nil, nil])] },
    HostileFile("images without pixels", sides("1 x 3 x 0 x 0")) { $0.inputs = [.value("x", [1, 3, 0, 0])] },
    HostileFile("images without columns", sides("1 x 3 x ? x 0")) { $0.inputs = [.value("x", [1, 3, nil, 0])] },
    HostileFile("images without rows, channels last", sides("1 x 0 x ? x 3")) {
      $0.inputs = [.value("x", [1, 0, nil, 3])]
    },
    HostileFile("images of 5,000 rows", sides("1 x 3 x 5000 x ?")) { $0.inputs = [.value("x", [1, 3, 5000, nil])] },
    HostileFile("images of one column", sides("1 x 3 x 16777216 x 1")) {
      $0.inputs = [.value("x", [1, 3, 1 << 24, 1])]
    },
    HostileFile("a negative height", .invalidShape(part: "value \"x\"", problem: "has the dimension -1")) {
      $0.inputs = [.value("x", [1, 3, -1, nil])]
    },
    HostileFile("a huge height", .invalidShape(part: "value \"x\"", problem: "has the dimension 16777217")) {
      $0.inputs = [.value("x", [1, 3, 1 << 24 + 1, nil])]
    },
    HostileFile("no output", .unsupportedOutput(problem: "it has no output of the type float32")) { $0.outputs = [] },
    HostileFile("an output of integers", .unsupportedOutput(problem: "it has no output of the type float32")) {
      $0.outputs = [.value("y", type: 7, nil)]
    },
    HostileFile(
      "a sequence", .unsupportedElementType(name: "sequence, map, optional or sparse tensor", part: "a value")
    ) { $0.outputs = [Message().text(1, "y").message(2, Message().message(4, Message()))] },
    HostileFile(
      "a sequence of sequences, 10,000 times",
      .unsupportedElementType(name: "sequence, map, optional or sparse tensor", part: "a value")
    ) {
      // Written from the inside out, with lengths of four bytes at most.
      let type = (0..<10_000).reduce(Message()) { type, _ in Message().message(4, Message().message(1, type)) }
      $0.outputs = [Message().text(1, "y").message(2, type)]
    },
    HostileFile("a dimension with two meanings", .malformed(problem: "a dimension has both a number and a name")) {
      $0.outputs = [ProtobufTests.declaration(shape: Message().message(1, Message().number(1, 1).text(2, "n")))]
    },
    HostileFile("nine dimensions", .tooMany(what: "dimensions", limit: 8)) {
      $0.outputs = [.value("y", Array(repeating: 1, count: 9))]
    },
  ]

  @Test("a graph whose names do not resolve is refused", arguments: names)
  func invalidNames(file: HostileFile) { #expect(throws: file.error) { try decode(file.bytes) } }

  @Test("a file that is larger or newer than backbones are is refused", arguments: counts)
  func invalidCounts(file: HostileFile) { #expect(throws: file.error) { try decode(file.bytes) } }

  @Test("a graph whose inputs and outputs are not those of an image network is refused", arguments: declarations)
  func invalidDeclarations(file: HostileFile) { #expect(throws: file.error) { try decode(file.bytes) } }

  @Test("errors are sentences after the name of the file")
  func grammar() {
    let error = FeatureError.unusable(backbone: "n", problem: "\(ONNXError.tooMany(what: "nodes", limit: 5000))")
    #expect("\(error)" == "n cannot be used as a backbone: it has more than 5000 nodes, too many for a backbone")
  }

  @Test("every error says what is wrong in one line")
  func descriptions() {
    let all =
      Self.names + Self.counts + Self.declarations + ONNXFormatTests.otherFiles + ONNXFormatTests.programs
      + ONNXFormatTests.tensors + ProtobufTests.encodings + ProtobufTests.unknownFields + ProtobufTests.repeatedFields
      + ONNXFormatTests.values
      + (ONNXNodeRefusalTests.attributes + ONNXNodeRefusalTests.shapes + ONNXMismatchTests.all).map(\.file)
    #expect(all.count > 100)
    for file in all {
      let text = "\(file.error)"
      #expect((20..<220).contains(text.count), "\(text)")
      #expect(!text.contains("\n") && !text.contains("Optional("))
    }
    #expect(
      "\(ONNXError.unsupportedOperator(name: "Loop", domain: "", node: "\"loop_1\""))"
        == "operator Loop of node \"loop_1\" is not supported in a backbone; export the network without it")
  }
}
