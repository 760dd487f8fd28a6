import PerceptFeatures
import Testing

/// Nodes whose inputs do not match in other ways than those of ``ONNXNodeRefusalTests``. The input is 1 x 3 x 32 x 32.
@Suite("Refused ONNX nodes: mismatches")
struct ONNXMismatchTests {
  static let flat = Message.node("Flatten", ["x"], ["before"])
  static let scalar = Message.node("ReduceMax", ["x"], ["before"], [.attribute("keepdims", 0)])
  static let integers = Message.node("Cast", ["x"], ["before"], [.attribute("to", 7)])
  static let axis = [Message.attribute("axis", 1)]
  static let missing = "or a required input is left out"

  static let types: [HostileNode] = [
    .init("Reshape", [.floats([1])], problem: "the dimensions must be integers"),
    .init("Reshape", [.tensor(nil, type: 7, [1, 1])], problem: "the dimensions must be a list"),
    .init("MatMul", [.tensor(nil, type: 7, [32, 2])], problem: "input 2 must be float32"),
    .init("Conv", [.tensor([1, 3, 1, 1])], after: integers, problem: "input 1 must be float32"),
    .init("Mod", [.floats([2])], problem: "must have the attribute fmod"),
    .init(
      "Clip", [.integers([0], isScalar: true)], problem: "input 2 must be a number of the type float32"),
    .init("Clip", [.floats([0])], problem: "input 2 must be a number of the type float32"),
    .init("Gather", [.floats([0])], problem: "elements of the type float32 are not supported by Gather"),
    .init("Concat", [.tensor(nil, type: 7, [1, 3, 32, 32])], axis, problem: mismatch("joined")),
    .init("ReduceMax", after: .node("IsNaN", ["x"], ["before"]), problem: "input 1 must be numbers"),
  ]

  static func mismatch(_ verb: String) -> String { "1 x 3 x 32 x 32 and 1 x 3 x 32 x 32 cannot be \(verb)" }

  static let counts: [HostileNode] = [
    .init("Relu", outputs: ["y", "z"], problem: "operator Relu cannot have 1 inputs and 2 outputs, \(missing)"),
    .init(
      "Constant", [], [.attribute("value_int", 1)], after: flat,
      problem: "operator Constant cannot have 1 inputs and 1 outputs, \(missing)"),
    .init("Add", problem: "operator Add cannot have 1 inputs and 1 outputs, \(missing)"),
    .init(
      "Unsqueeze", [.integers([0, 1, 2, 3, 4])],
      error: .invalidShape(part: "the result of node \"a\"", problem: "has 9 dimensions, more than 8")),
    .init(
      "Dropout", [.tensor(nil, type: 7, [])], problem: "the ratio must be a number"),
    .init(
      "Dropout", [.floats([0.5], isScalar: true), .tensor(nil, type: 9, [], raw: [1])],
      problem: "training mode is not supported; export the network for inference"),
    .init(
      "Dropout", [.floats([0.5], isScalar: true), .integers([0], isScalar: true)],
      problem: "training mode is not supported; export the network for inference"),
    .init(
      "Dropout", [.floats([0.5], isScalar: true), .tensor(nil, type: 9, [1])],
      problem: "training mode is not supported; export the network for inference"),
    .init(
      "ConstantOfShape", [], [], after: .node("Constant", [], ["before"], [.attribute("value_ints", [1, 0])]),
      error: .invalidShape(
        part: "the result of node \"a\"", problem: "has the shape 1 x 0, so it has no elements")),
    .init(
      "ConstantOfShape", [], [.attribute("value", tensor: .floats([1, 2]))],
      after: .node("Shape", ["x"], ["before"]), problem: "attribute \"value\" must have one element"),
    .init("Split", outputs: ["y", "z"], problem: "1 elements cannot be split into 2 parts"),
    .init("Split", [], axis, outputs: ["y", "z"], problem: "3 elements cannot be split into 2 parts"),
    .init(
      "Split", [], axis, operatorSet: 18, outputs: ["y", "b", "c", "d"],
      problem: "3 elements cannot be split into 4 parts"),
    .init(
      "Split", [], axis + [.attribute("num_outputs", 2)], operatorSet: 18, outputs: ["y", "b", "c"],
      problem: "attribute \"num_outputs\" does not match 3 outputs"),
    .init(
      "Split", [.integers([3])], axis + [.attribute("num_outputs", 1)], operatorSet: 18,
      problem: "1 parts do not match 1 outputs of 3 elements"),
    .init(
      "Split", [.integers([4, -1])], axis, outputs: ["y", "z"],
      problem: "2 parts do not match 2 outputs of 3 elements"),
    .init(
      "Split", [.integers([1, 1])], axis, outputs: ["y", "z"],
      problem: "2 parts do not match 2 outputs of 3 elements"),
    .init("Slice", [.integers([0]), .integers([1]), .integers([0, 1])], problem: "has lists of different lengths"),
    .init(
      "Slice", [.integers([0]), .integers([1]), .integers([0]), .integers([1, 1])],
      problem: "has lists of different lengths"),
    .init("Flatten", [], [.attribute("axis", 5)], problem: "axis 5 does not exist"),
    .init("Tile", [.integers([1, 1, 1])], problem: "must have 4 repeats from 1 to 16777216"),
    .init(
      "Range", [.integers([9], isScalar: true), .integers([0], isScalar: true)],
      after: .node("Constant", [], ["before"], [.attribute("value_int", 0)]),
      problem: "the range from 0 to 9 by 0 is too large"),
    .init(
      "Range", [.floats([9], isScalar: true), .integers([1], isScalar: true)],
      after: .node("Constant", [], ["before"], [.attribute("value_int", 0)]),
      problem: "the bounds of the range must be numbers of one type"),
  ]

  static let images: [HostileNode] = [
    .init(
      "Conv", [.tensor([4, 1, 1, 1])], [.attribute("group", 3)],
      problem: "weights of 4 x 1 x 1 x 1 in 3 groups do not match an image of 1 x 3 x 32 x 32"),
    .init(
      "Conv", [.tensor([1, 3, 1025, 1])], [.attribute("pads", [1000, 0, 1000, 0])],
      problem: "weights of 1 x 3 x 1025 x 1 do not match the kernel"),
    .init(
      "MaxPool", [],
      [.attribute("kernel_shape", [2, 2]), .attribute("auto_pad", text: "VALID"), .attribute("ceil_mode", 1)],
      problem: "has auto_pad together with dilations or ceil_mode"),
    .init("SpaceToDepth", [], [.attribute("blocksize", 16)], after: cropped([31, 32]), problem: blocks("31 x 32")),
    .init("SpaceToDepth", [], [.attribute("blocksize", 16)], after: cropped([32, 31]), problem: blocks("32 x 31")),
    .init("Resize", [.tensor(nil, type: 7, [8]), .floats([1, 1, 2, 2])], problem: "the region must be empty"),
    .init("Resize", [.tensor([7]), .floats([1, 1, 2, 2])], problem: "the region must be empty"),
    .init("Resize", [.tensor([0]), .floats([1, 1, 2])], problem: "must have 4 scales from 0 to 1024"),
    .init("Resize", [.tensor([0]), .floats([1, 1, 2, 1025])], problem: "must have 4 scales from 0 to 1024"),
    .init("Resize", [.tensor([0]), .tensor([0]), .integers([1, 3, 5])], problem: "must have 4 positive sizes"),
    .init("Resize", [.tensor([0]), .tensor([0]), .integers([1, 3, 5, 0])], problem: "must have 4 positive sizes"),
    .init("Resize", [.tensor([0])], problem: "must have either sizes or scales"),
  ]

  /// Cuts the image.
  static func cropped(_ size: [Int]) -> Message {
    .node("MaxPool", ["x"], ["before"], [.attribute("kernel_shape", [33 - size[0], 33 - size[1]])])
  }

  static func blocks(_ size: String) -> String { "blocks of 16 x 16 do not divide \(size) pixels" }

  static let matrices: [HostileNode] = [
    .init("Gemm", [.tensor([3071, 2])], after: flat, problem: "matrices of 1 x 3072 and 3071 x 2 do not match"),
    .init(
      "Gemm", [.tensor([2, 3072]), .tensor([3])], [.attribute("transB", 1)], after: flat,
      problem: "3 and 1 x 2 cannot be combined elementwise"),
    .init(
      "Gemm", [.tensor([3072, 2]), .tensor([4, 2])], after: flat,
      problem: "a bias of 4 x 2 does not match a result of 1 x 2"),
    .init(
      "Gemm", [.tensor([3072, 2]), .tensor([1, 1, 2])], after: flat,
      problem: "a bias of 1 x 1 x 2 does not match a result of 1 x 2"),
    .init("MatMul", [.tensor([32, 2])], after: scalar, problem: "a scalar is not a matrix"),
    .init("MatMul", [.tensor([])], problem: "a scalar is not a matrix"),
    .init("PRelu", [.tensor([2, 1, 1, 1])], problem: "a slope of 2 x 1 x 1 x 1 does not match 1 x 3 x 32 x 32"),
    .init(
      "BatchNormalization", Array(repeating: .tensor([1]), count: 4), after: scalar, problem: "input 1 has no channels"),
    .init(
      "InstanceNormalization", [.tensor([3072]), .tensor([3072])], after: flat,
      problem: "input 1 has no dimensions to normalize"),
    .init(
      "GroupNormalization", [.tensor([3072]), .tensor([3072])], [.attribute("num_groups", 2)], operatorSet: 21,
      after: flat, problem: "2 groups do not divide the channels of 1 x 3072"),
    attention([1, 2, 32, 32], [1, 2, 32, 32]), attention([1, 3, 32, 32], [1, 3, 31, 32]),
    attentionMask([32, 31], "32 x 31"), attentionMask([1, 32, 32], "1 x 32 x 32"), attentionMask([1, 32], "1 x 32"),
    attentionMask([2, 1, 32, 32], "2 x 1 x 32 x 32"),
  ]

  static func attention(_ keys: [Int], _ values: [Int]) -> HostileNode {
    func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: " x ") }
    return HostileNode(
      "Attention", [.tensor(keys), .tensor(values)], operatorSet: 23,
      problem: "queries of 1 x 3 x 32 x 32, keys of \(text(keys)) and values of \(text(values)) do not match")
  }

  static func attentionMask(_ mask: [Int], _ text: String) -> HostileNode {
    HostileNode(
      "Attention", [.tensor([1, 3, 32, 32]), .tensor([1, 3, 32, 32]), .tensor(mask)], operatorSet: 23,
      problem: mask == [32, 31]
        ? "32 x 31 and 1 x 3 x 32 x 32 cannot be combined elementwise"
        : "a mask of \(text) does not match 1 x 3 x 32 x 32 scores")
  }

  static let all = types + counts + images + matrices

  @Test("inputs of the wrong type, number or shape are refused", arguments: all)
  func mismatch(node: HostileNode) { #expect(ONNXNodeRefusalTests.failure(node.file.bytes) == node.file.error) }
}
