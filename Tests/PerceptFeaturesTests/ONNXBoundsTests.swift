import PerceptFeatures
import Testing

/// A graph that would take too much memory or time, or whose cost is unknown.
struct ExpensiveGraph: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let nodes: [Message]
  let initializers: [Message]
  let error: ONNXError

  init(_ name: String, _ nodes: [Message], _ initializers: [Message], _ error: ONNXError) {
    (testDescription, self.nodes, self.initializers, self.error) = (name, nodes, initializers, error)
  }

  var bytes: [UInt8] { ONNXBuilder(nodes, initializers, operatorSet: 17).bytes }
}

@Suite("Bounds of ONNX graphs")
struct ONNXBoundsTests {
  static let memory = ONNXError.activations(limit: 512 << 20, height: 32, width: 32)
  static let multiplyAdds = ONNXError.operations(limit: 200_000_000_000, height: 32, width: 32)
  static let accesses = ONNXError.operations(limit: 2_000_000_000, height: 32, width: 32)

  static func tooLarge(_ shape: String) -> ONNXError {
    .invalidShape(part: "the result of node \"a\"", problem: "has the shape \(shape), which is too large")
  }

  static func invalid(_ problem: String) -> ONNXError { .invalidNode("\"a\"", problem: problem) }

  static func node(_ name: String, _ inputs: [String], _ attributes: [Message] = []) -> Message {
    .node(name, inputs, ["y"], name: "a", attributes)
  }

  static let explosions: [ExpensiveGraph] = [
    .init(
      "a constant of 4 GB in 151 bytes", [node("ConstantOfShape", ["n"])], [.integers("n", [1 << 15, 1 << 15])],
      tooLarge("32768 x 32768")),
    .init(
      "a constant of 10¹⁸ elements", [node("ConstantOfShape", ["n"])], [.integers("n", [1_000_000_000_000_000_000])],
      .invalidShape(part: "the result of node \"a\"", problem: "has the dimension 1000000000000000000")),
    .init(
      "a constant with a negative dimension", [node("ConstantOfShape", ["n"])], [.integers("n", [-1])],
      .invalidShape(part: "the result of node \"a\"", problem: "has the dimension -1")),
    .init(
      "Expand", [node("Expand", ["x", "n"])], [.integers("n", [1 << 20, 1, 1, 1])], tooLarge("1048576 x 3 x 32 x 32")),
    .init(
      "Tile", [node("Tile", ["x", "n"])], [.integers("n", [1 << 20, 1, 1, 1])], tooLarge("1048576 x 3 x 32 x 32")),
    .init(
      "Tile, 10¹² times", [node("Tile", ["x", "n"])], [.integers("n", [1_000_000_000_000, 1, 1, 1])],
      invalid("must have 4 repeats from 1 to 16777216")),
    .init(
      "Resize by scales", [node("Resize", ["x", "", "s"])], [.floats("s", [1, 1, 1000, 1000])],
      tooLarge("1 x 3 x 32000 x 32000")),
    .init(
      "Resize to sizes", [node("Resize", ["x", "", "", "n"])], [.integers("n", [1, 3, 100_000, 100_000])],
      tooLarge("1 x 3 x 100000 x 100000")),
    .init(
      "Pad", [node("Pad", ["x", "n"])], [.integers("n", [0, 0, 30_000, 30_000, 0, 0, 0, 0])],
      tooLarge("1 x 3 x 30032 x 30032")),
    .init(
      "padding of a convolution", [node("Conv", ["x", "w"], [.attribute("pads", [1024, 1024, 1024, 1024])])],
      [.tensor("w", [64, 3, 1, 1])], memory),
    .init(
      "Range", [node("Range", ["zero", "n", "one"])],
      [
        .integers("zero", [0], isScalar: true), .integers("one", [1], isScalar: true),
        .integers("n", [1_000_000_000_000], isScalar: true),
      ], invalid("the range from 0 to 1000000000000 by 1 is too large")),
    .init(
      "broadcasting", [.node("Add", ["x", "v"], ["b"]), node("MatMul", ["b", "w"])],
      [.tensor("v", [4096, 1, 1, 1]), .tensor("w", [32, 4096])], tooLarge("4096 x 3 x 32 x 4096")),
  ]

  static let sums: [ExpensiveGraph] = [
    .init(
      "many results that are large together",
      [.node("Resize", ["x", "", "s"], ["r0"])] + (1..<20).map { .node("Relu", ["r\($0 - 1)"], ["r\($0)"]) }
        + [node("Relu", ["r19"])], [.floats("s", [1, 1, 30, 30])], memory),
    .init(
      "images of one channel, which take the space of 16",
      [.node("Conv", ["x", "w"], ["c"]), node("Resize", ["c", "", "s"])],
      [.tensor("w", [1, 3, 1, 1]), .floats("s", [1, 1, 100, 100])], memory),
    .init(
      "weights of one filter, which take the space of 16",
      [
        .node("ConstantOfShape", ["n"], ["w"]), .node("Resize", ["x", "", "s"], ["r"]),
        .node("Conv", ["r", "w"], ["c"]),
        .node("Conv", ["r", "w"], ["d"]), node("Conv", ["r", "w"]),
      ],
      [.integers("n", [1, 3, 1000, 1000]), .floats("s", [1, 1, 32, 32])], memory),
    .init(
      "products of millions of matrices of one element",
      [.node("ConstantOfShape", ["n"], ["m"]), node("MatMul", ["m", "m"])], [.integers("n", [5_000_000, 1, 1])],
      memory),
    .init(
      "products of large matrices", [.node("Tile", ["x", "n"], ["t"]), node("MatMul", ["t", "t"])],
      [.integers("n", [1, 1, 128, 128])], multiplyAdds),
    .init(
      "constants of 170 MB, which are copied three times",
      [.node("ConstantOfShape", ["n"], ["m"]), .node("Cast", ["m"], ["c"], [.attribute("to", 1)]), node("Exp", ["c"])],
      [.integers("n", [6500, 6500])], memory),
    .init(
      "a convolution with a large kernel", [.node("Resize", ["x", "", "s"], ["r"]), node("Conv", ["r", "w"])],
      [.floats("s", [1, 1, 32, 32]), .tensor("w", [4, 3, 200, 200])], multiplyAdds),
    .init(
      "pooling with a large kernel",
      [
        .node("Resize", ["x", "", "s"], ["r"]),
        node("MaxPool", ["r"], [.attribute("kernel_shape", [500, 500])]),
      ], [.floats("s", [1, 1, 32, 32])], accesses),
    .init(
      "sums of a large array, a thousand times",
      [.node("ConstantOfShape", ["n"], ["m"])]
        + (0..<1000).map { .node("ReduceMean", ["m"], ["r\($0)"], [.attribute("axes", [0])]) }
        + [node("Relu", ["r0"])], [.integers("n", [4_000_000])], accesses),
  ]

  static let incomplete: [ExpensiveGraph] = [
    .init(
      "a required input that is left out", [node("Add", ["x", ""])], [],
      invalid("operator Add cannot have 2 inputs and 1 outputs, or a required input is left out")),
    .init("a constant without a value", [node("Constant", [])], [], invalid("a constant must have exactly one value")),
    .init(
      "a constant with two values",
      [node("Constant", [], [.attribute("value_int", 1), .attribute("value_float", float: 1)])], [],
      invalid("a constant must have exactly one value")),
    .init(
      "the sum of nothing", [.node("Shape", ["x"], ["s"], [.attribute("start", 4)]), node("ReduceSum", ["s"])], [],
      invalid("input 1 has no elements")),
    .init(
      "a range of truth values", [node("Range", ["b", "b", "b"])], [.tensor("b", type: 9, [])],
      invalid("the bounds of the range must be numbers of one type")),
  ]

  /// Computes the integer `n`, a scalar, from the pixels.
  static let pixels = [
    Message.node("ReduceMax", ["x"], ["m"], [.attribute("keepdims", 0)]),
    .node("Cast", ["m"], ["n"], [.attribute("to", 7)]),
    .node("Unsqueeze", ["n", "zeros"], ["list"]),
  ]

  static func fromPixels(_ name: String, _ inputs: [String], _ problem: String) -> ExpensiveGraph {
    .init(
      name, pixels + [node(name, inputs)],
      [.integers("zeros", [0]), .integers("zero", [0], isScalar: true), .integers("one", [1], isScalar: true)],
      .unbounded(node: "\"a\"", problem: problem))
  }

  static let unbounded: [ExpensiveGraph] = [
    fromPixels("Reshape", ["x", "list"], "the dimensions are computed from the image"),
    fromPixels("Expand", ["x", "list"], "the dimensions are computed from the image"),
    fromPixels("ConstantOfShape", ["list"], "the dimensions are computed from the image"),
    fromPixels("Tile", ["x", "list"], "the repeats are computed from the image"),
    fromPixels("Range", ["zero", "n", "one"], "the bounds of the range are not known integers"),
    fromPixels("Slice", ["x", "zeros", "list"], "the ends are computed from the image"),
    fromPixels("Squeeze", ["x", "list"], "the axes are computed from the image"),
    fromPixels("ReduceSum", ["x", "list"], "the axes are computed from the image"),
    fromPixels("Split", ["x", "list"], "the lengths of the parts are computed from the image"),
    fromPixels("Pad", ["x", "list"], "the pads are computed from the image"),
    fromPixels("Resize", ["x", "", "", "list"], "the sizes are computed from the image"),
    fromPixels("Div", ["one", "n"], "the divisor is computed from the image"),
  ]

  static let divisions: [ExpensiveGraph] = [
    .init("by zero", [node("Div", ["n", "n"])], [.integers("n", [3, 0])], invalid("divides by zero")),
    .init("remainder by zero", [node("Mod", ["n", "n"])], [.integers("n", [0])], invalid("divides by zero")),
    .init(
      "the smallest number by -1", [node("Div", ["n", "one"])], [.integers("n", [.min]), .integers("one", [-1])],
      invalid("divides an unknown number, or the smallest one, by -1")),
  ]

  @Test("a node with a huge result is refused", arguments: explosions)
  func explosion(graph: ExpensiveGraph) { #expect(ONNXNodeRefusalTests.failure(graph.bytes) == graph.error) }

  @Test("nodes that are too expensive together are refused", arguments: sums)
  func sum(graph: ExpensiveGraph) { #expect(ONNXNodeRefusalTests.failure(graph.bytes) == graph.error) }

  @Test("a result whose size depends on the pixels is refused", arguments: unbounded)
  func unboundedResult(graph: ExpensiveGraph) { #expect(ONNXNodeRefusalTests.failure(graph.bytes) == graph.error) }

  @Test("a node that lacks something is refused", arguments: incomplete)
  func incompleteNode(graph: ExpensiveGraph) { #expect(ONNXNodeRefusalTests.failure(graph.bytes) == graph.error) }

  @Test("a division that ends the process is refused", arguments: divisions)
  func division(graph: ExpensiveGraph) { #expect(ONNXNodeRefusalTests.failure(graph.bytes) == graph.error) }

  @Test("a long computation of many elements is not followed to its end")
  func manyElements() {
    func graph(_ count: Int) -> [UInt8] {
      let sums = (0..<count).map { Message.node("Add", ["n\($0)", "n0"], ["n\($0 + 1)"]) }
      let shape = [Message.node("Slice", ["n\(count)", "zero", "one"], ["s"]), Self.node("ConstantOfShape", ["s"])]
      let constants: [Message] = [
        .integers("n0", Array(repeating: 1, count: 4096)), .integers("zero", [0]), .integers("one", [1]),
      ]
      return ONNXBuilder(sums + shape, constants).bytes
    }
    #expect(ONNXNodeRefusalTests.failure(graph(200)) == nil)
    #expect(
      ONNXNodeRefusalTests.failure(graph(4000))
        == .unbounded(node: "\"a\"", problem: "the dimensions are computed from the image"))
  }

  @Test("a graph that fits small images is refused for large ones")
  func largeImages() throws {
    let graph = try decode(ONNXGraphTests.network().bytes)
    #expect(try graph.analysis(height: 1000, width: 1000).activationBytes < 100_000_000)
    #expect(throws: ONNXError.activations(limit: 512 << 20, height: 4000, width: 4000)) {
      try graph.analysis(height: 4000, width: 4000)
    }
    for (height, width) in [(0, 5), (-1, 5), (5, .max), (.min, .min), (1 << 24, 1 << 24)] {
      #expect(throws: ONNXError.self) { try graph.analysis(height: height, width: width) }
    }
  }

  @Test("constants count several times where they are larger than their sources")
  func constants() throws {
    func bytes(_ nodes: [Message]) throws -> Int {
      let constants: [Message] = [.tensor("w", [10, 20]), .integers("n", [5, 10, 20])]
      let output = Message.node("Relu", ["x"], ["y"])
      let graph = ONNXBuilder(nodes + [output], constants).bytes
      return try decode(graph).analysis(height: 32, width: 32).activationBytes
    }
    let image = try bytes([])
    #expect(image == (3 + 16) * 32 * 32 * 4)
    #expect(try bytes([.node("Transpose", ["w"], ["t"])]) == image + 800)
    #expect(try bytes([.node("Expand", ["w", "n"], ["t"])]) == image + 4000 + 3 * (4000 - 800 - 24))
    #expect(try bytes([.node("Flatten", ["x"], ["f"])]) == image + 3 * 32 * 32 * 4)
  }

  @Test("a value that is not what the file declares is refused")
  func declarations() throws {
    var builder = ONNXGraphTests.network()
    builder.graph = Message().messages(13, [.value("c1", [1, 8, nil, nil]), .value("stale", [1])])
    #expect(try decode(builder.bytes).analysis(height: 32, width: 32).outputs.count == 2)

    builder.graph = Message().message(13, .value("c1", [1, 8, 5, nil]))
    #expect(
      ONNXNodeRefusalTests.failure(builder.bytes)
        == .invalidShape(
          part: "value \"c1\"", problem: "is declared as float32 1 x 8 x 5 x ?, but it is float32 1 x 8 x 16 x 16"))

    builder.graph = Message()
    builder.outputs[1] = .value("vector", [nil, 9])
    #expect(
      ONNXNodeRefusalTests.failure(builder.bytes)
        == .invalidShape(part: "value \"vector\"", problem: "is declared as float32 ? x 9, but it is float32 1 x 8"))

    builder.outputs[1] = .value("vector", [nil, 8, nil])
    #expect(
      ONNXNodeRefusalTests.failure(builder.bytes)
        == .invalidShape(part: "value \"vector\"", problem: "is declared as float32 ? x 8 x ?, but it is float32 1 x 8")
    )

    builder.outputs[1] = .value("vector", type: 7, [nil, 8])
    #expect(
      ONNXNodeRefusalTests.failure(builder.bytes)
        == .invalidShape(part: "value \"vector\"", problem: "is declared as int64 ? x 8, but it is float32 1 x 8"))
  }

  @Test("an output that turns out to be integers is refused")
  func integerOutput() {
    var file = ONNXBuilder([.node("Shape", ["x"], ["y"])])
    file.outputs = [Message().text(1, "y")]
    #expect(
      ONNXNodeRefusalTests.failure(file.bytes) == .unsupportedOutput(problem: "output \"y\" is not float32"))
  }
}
