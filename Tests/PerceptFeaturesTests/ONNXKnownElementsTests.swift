import PerceptFeatures
import Testing

/// Nodes that compute the list `v` from the shape 1 x 3 x 12 x 16 of the image `x` and from constants.
struct ShapeComputation: Sendable, CustomTestStringConvertible {
  let testDescription: String
  private let nodes: [Message]
  private let constants: [Message]
  let expected: [Int]

  init(_ name: String, _ nodes: [Message], _ constants: [Message] = [], expected: [Int] = []) {
    (testDescription, self.nodes, self.constants, self.expected) = (name, nodes, constants, expected)
  }

  /// The shape of the output shows the elements of the list.
  var bytes: [UInt8] {
    let shape = Message.node("Shape", ["x"], ["shape"])
    let result = Message.node("ConstantOfShape", ["v"], ["y"], name: "result")
    let common: [Message] = [
      .integers("zero", [0]), .integers("one", [1]), .integers("two", [2]), .integers("four", [4]),
      .integers("minus", [-1]),
    ]
    return ONNXBuilder([shape] + nodes + [result], common + constants, operatorSet: 17).bytes
  }
}

@Suite("Known elements")
struct ONNXKnownElementsTests {
  static func to(_ type: Int) -> [Message] { [.attribute("to", type)] }

  static let known: [ShapeComputation] = [
    .init("Shape", [.node("Identity", ["shape"], ["v"])], expected: [1, 3, 12, 16]),
    .init(
      "part of a shape", [.node("Shape", ["x"], ["v"], [.attribute("start", 1), .attribute("end", -1)])],
      expected: [3, 12]),
    .init("Slice", [.node("Slice", ["shape", "two", "four"], ["v"])], expected: [12, 16]),
    .init(
      "Slice backwards", [.node("Slice", ["shape", "minus", "least", "zero", "minus"], ["v"])],
      [.integers("least", [.min])], expected: [16, 12, 3, 1]),
    .init("Gather", [.node("Gather", ["shape", "i"], ["v"])], [.integers("i", [-1, 1])], expected: [16, 3]),
    .init(
      "Gather, Unsqueeze and Concat",
      [
        .node("Gather", ["shape", "i"], ["g"]), .node("Unsqueeze", ["g", "zero"], ["u"]),
        .node("Concat", ["u", "two"], ["v"], [.attribute("axis", 0)]),
      ], [.integers("i", [2], isScalar: true)], expected: [12, 2]),
    .init("sum", [.node("Add", ["shape", "two"], ["v"])], expected: [3, 5, 14, 18]),
    .init("difference", [.node("Sub", ["n", "shape"], ["v"])], [.integers("n", [20])], expected: [19, 17, 8, 4]),
    .init(
      "product", [.node("Mul", ["shape", "n"], ["v"])], [.integers("n", [5, 1, 2, 1])], expected: [5, 3, 24, 16]),
    .init(
      "quotients round toward zero", [.node("Div", ["a", "b"], ["q"]), .node("Neg", ["q"], ["v"])],
      [.integers("a", [-7, 7, -8]), .integers("b", [2, -2, 3])], expected: [3, 3, 2]),
    .init(
      "remainders have the sign of the divisor", [.node("Mod", ["a", "b"], ["v"])],
      [.integers("a", [-7, 7, -6]), .integers("b", [4, 4, 4])], expected: [1, 3, 2]),
    .init(
      "remainders of C", [.node("Mod", ["a", "b"], ["m"], [.attribute("fmod", 1)]), .node("Abs", ["m"], ["v"])],
      [.integers("a", [-7, 7, -6]), .integers("b", [4, 4, 4])], expected: [3, 3, 2]),
    .init(
      "scaling in floating point",
      [
        .node("Cast", ["shape"], ["f"], to(1)), .node("Mul", ["f", "s"], ["p"]), .node("Floor", ["p"], ["r"]),
        .node("Cast", ["r"], ["v"], to(7)),
      ], [.floats("s", [1.5])], expected: [1, 4, 18, 24]),
    .init(
      "numbers are truncated toward zero", [.node("Cast", ["f"], ["i"], to(7)), .node("Neg", ["i"], ["v"])],
      [.floats("f", [-2.9, -1.5])], expected: [2, 1]),
    .init(
      "a choice",
      [.node("Equal", ["shape", "n"], ["c"]), .node("Where", ["c", "two", "shape"], ["v"])],
      [.integers("n", [1, 1, 12, 1])], expected: [2, 3, 2, 16]),
    .init(
      "logic",
      [
        .node("Greater", ["shape", "two"], ["a"]), .node("Less", ["shape", "n"], ["b"]),
        .node("And", ["a", "b"], ["c"]), .node("Not", ["c"], ["d"]), .node("Cast", ["d"], ["i"], to(7)),
        .node("Add", ["i", "one"], ["v"]),
      ], [.integers("n", [16])], expected: [2, 1, 1, 2]),
    .init(
      "reductions",
      [
        .node("ReduceProd", ["shape"], ["p"], [.attribute("axes", [0])]), .node("ReduceSum", ["shape", "zero"], ["s"]),
        .node("ReduceMax", ["shape"], ["m"], [.attribute("axes", [0])]),
        .node("Concat", ["p", "s", "m"], ["v"], [.attribute("axis", 0)]),
      ], expected: [576, 32, 16]),
    .init(
      "Size", [.node("Size", ["x"], ["s"]), .node("Reshape", ["s", "one"], ["v"])], expected: [576]),
    .init(
      "Range and Expand",
      [
        .node("Range", ["from", "to", "by"], ["r"]), .node("Expand", ["two", "one"], ["e"]),
        .node("Concat", ["r", "e"], ["v"], [.attribute("axis", 0)]),
      ],
      [
        .integers("from", [7], isScalar: true), .integers("to", [0], isScalar: true),
        .integers("by", [-3], isScalar: true),
      ], expected: [7, 4, 1, 2]),
    .init(
      "Split and Min",
      [
        .node("Split", ["shape", "parts"], ["a", "b"], [.attribute("axis", 0)]), .node("Min", ["b", "n"], ["v"]),
      ], [.integers("parts", [1, 3]), .integers("n", [13])], expected: [3, 12, 13]),
    .init(
      "Clip", [.node("Clip", ["shape", "low", "high"], ["v"])],
      [.integers("low", [2], isScalar: true), .integers("high", [13], isScalar: true)], expected: [2, 3, 12, 13]),
    .init(
      "Clip without an upper bound",
      [
        .node("Cast", ["shape"], ["f"], to(1)), .node("Clip", ["f", "low"], ["c"]), .node("Cast", ["c"], ["v"], to(7)),
      ],
      [.floats("low", [2.5], isScalar: true)], expected: [2, 3, 12, 16]),
    .init(
      "Transpose",
      [
        .node("Reshape", ["shape", "square"], ["r"]), .node("Transpose", ["r"], ["t"]),
        .node("Reshape", ["t", "minus"], ["v"]),
      ], [.integers("square", [2, 2])], expected: [1, 12, 3, 16]),
    .init(
      "constants",
      [
        .node("Constant", [], ["a"], [.attribute("value_ints", [5, 6])]),
        .node("ConstantOfShape", ["two"], ["b"], [.attribute("value", tensor: .integers([3]))]),
        .node("Mul", ["a", "b"], ["v"]),
      ], expected: [15, 18]),
  ]

  static let unknown: [ShapeComputation] = [
    .init("a sum that overflows", [.node("Add", ["n", "n"], ["v"])], [.integers("n", [.max])]),
    .init("a product that overflows", [.node("Mul", ["n", "n"], ["v"])], [.integers("n", [1 << 40])]),
    .init("the magnitude of the smallest number", [.node("Abs", ["n"], ["v"])], [.integers("n", [.min])]),
    .init(
      "a conversion that overflows", [.node("Cast", ["n"], ["i"], to(6)), .node("Cast", ["i"], ["v"], to(7))],
      [.integers("n", [1 << 32 + 1])]),
    .init("infinity", [.node("Cast", ["f"], ["v"], to(7))], [.floats("f", [.infinity])]),
    .init("a number beyond 64 bits", [.node("Cast", ["f"], ["v"], to(7))], [.floats("f", [1e19])]),
    .init(
      "a quotient that is not a number", [.node("Div", ["f", "f"], ["q"]), .node("Cast", ["q"], ["v"], to(7))],
      [.floats("f", [0])]),
    .init("the pixels", [.node("Cast", ["x"], ["i"], to(7)), .node("Reshape", ["i", "minus"], ["v"])]),
  ]

  @Test("elements that shapes are computed from are known", arguments: known)
  func isKnown(computation: ShapeComputation) throws {
    let outputs = try decode(computation.bytes).analysis(height: 12, width: 16).outputs
    #expect(outputs.map(\.shape) == [computation.expected])
  }

  @Test("elements that runtimes could compute differently are unknown", arguments: unknown)
  func isUnknown(computation: ShapeComputation) throws {
    let graph = try decode(computation.bytes)
    #expect(throws: ONNXError.unbounded(node: "\"result\"", problem: "the dimensions are computed from the image")) {
      try graph.analysis(height: 12, width: 16)
    }
  }
}
