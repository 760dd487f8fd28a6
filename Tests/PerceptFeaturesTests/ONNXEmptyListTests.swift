import PerceptFeatures
import Testing

/// ONNX Runtime divides by the lengths of lists, so that only lists of dimensions may be empty.
@Suite("Empty lists in ONNX graphs")
struct ONNXEmptyListTests {
  /// A graph with one node `a`, whose inputs are `x` and empty lists: `e` of floats, `i` of integers.
  static func graph(_ operatorName: String, _ inputs: [String], _ attributes: [Message] = []) -> [UInt8] {
    ONNXBuilder(
      [.node(operatorName, inputs, ["y"], name: "a", attributes)],
      [.floats("e", []), .integers("i", []), .integers("one", [1]), .integers("zero", [0])], operatorSet: 17
    ).bytes
  }

  static func failure(_ operatorName: String, _ inputs: [String], _ attributes: [Message] = []) -> ONNXError? {
    ONNXNodeRefusalTests.failure(graph(operatorName, inputs, attributes))
  }

  static func hasNone(_ input: Int) -> ONNXError {
    .invalidNode("\"a\"", problem: "input \(input) has no elements")
  }

  @Test(
    "an operator gets no empty list of floats",
    arguments: [
      "LpNormalization", "Softmax", "LogSoftmax", "Relu", "Erf", "IsNaN", "Clip", "Flatten", "Transpose", "Split",
      "Squeeze", "ReduceMean", "Dropout", "Sum", "Shape", "Size", "GlobalAveragePool", "InstanceNormalization",
    ])
  func unary(name: String) {
    let axis = [Message.attribute("axis", 0)]
    let inputs = name == "InstanceNormalization" ? ["e", "e", "e"] : ["e"]
    let attributes = ["LpNormalization", "Softmax", "LogSoftmax", "Split"].contains(name) ? axis : []
    #expect(Self.failure(name, inputs, attributes) == Self.hasNone(1))
  }

  @Test("an input that is not a list of dimensions has elements")
  func others() {
    #expect(Self.failure("Split", ["i", "one"], [.attribute("axis", 0)]) == Self.hasNone(1))
    #expect(Self.failure("Add", ["one", "i"]) == Self.hasNone(2))
    #expect(Self.failure("Mod", ["i", "one"]) == Self.hasNone(1))
    #expect(Self.failure("Gather", ["x", "i"]) == Self.hasNone(2))
    #expect(Self.failure("Tile", ["x", "i"]) == Self.hasNone(2))
    #expect(Self.failure("Squeeze", ["x", "i"]) == Self.hasNone(2))
    #expect(Self.failure("Unsqueeze", ["x", "i"]) == Self.hasNone(2))
    #expect(Self.failure("Reshape", ["e", "i"]) == Self.hasNone(1))
    #expect(Self.failure("Where", ["x", "i", "i"]) == Self.hasNone(2))
    #expect(Self.failure("Resize", ["x", "e", "e", "i"]) == Self.hasNone(4))
  }

  @Test("a list that becomes empty is not used, either")
  func computed() {
    let list = Message.node("Slice", ["x", "zero", "zero", "zero"], ["e"])
    #expect(
      ONNXNodeRefusalTests.failure(
        ONNXBuilder([list, .node("Relu", ["e"], ["y"])], [.integers("zero", [0])]).bytes)
        == .invalidShape(
          part: "the result of node number 1", problem: "has the shape 0 x 3 x 32 x 32, so it has no elements"))
    let flat = [
      Message.node("Reshape", ["x", "minus"], ["f"]), .node("Slice", ["f", "zero", "zero"], ["e"]),
      .node("LpNormalization", ["e"], ["y"], name: "a", [.attribute("axis", 0)]),
    ]
    let constants: [Message] = [.integers("zero", [0]), .integers("minus", [-1])]
    #expect(ONNXNodeRefusalTests.failure(ONNXBuilder(flat, constants).bytes) == Self.hasNone(1))
  }

  @Test("the list of the dimensions of a scalar may be empty")
  func scalars() throws {
    let nodes = [
      Message.node("ReduceMax", ["x"], ["m"], [.attribute("keepdims", 0)]),
      .node("Slice", ["one", "zero", "zero"], ["s"]), .node("Identity", ["s"], ["t"]),
      .node("Cast", ["t"], ["u"], [.attribute("to", 7)]), .node("Concat", ["u", "s"], ["v"], [.attribute("axis", 0)]),
      .node("Reshape", ["m", "v"], ["r"]), .node("Expand", ["r", "v"], ["e"]),
      .node("ConstantOfShape", ["v"], ["c"]), .node("Add", ["e", "c"], ["a"]), .node("Add", ["x", "a"], ["b"]),
      .node("ReduceSum", ["b", "v"], ["y"], [.attribute("noop_with_empty_axes", 1)]),
    ]
    let graph = ONNXBuilder(nodes, [.integers("zero", [0]), .integers("one", [1])]).bytes
    #expect(try decode(graph).analysis(height: 5, width: 6).outputs[0].shape == [1, 3, 5, 6])
  }
}
