import PerceptFeatures
import Testing

/// A node that must be refused. Its inputs are `x` and initializers.
struct HostileNode: Sendable, CustomTestStringConvertible {
  let file: HostileFile

  var testDescription: String { file.name }

  init(
    _ operatorName: String, _ inputs: [Message] = [], _ attributes: [Message] = [], operatorSet: Int = 17,
    outputs: [String] = ["y"], after before: Message? = nil, problem: String
  ) {
    let error = ONNXError.invalidNode("\"a\"", problem: problem)
    self.init(
      operatorName, inputs, attributes, operatorSet: operatorSet, outputs: outputs, after: before, error: error)
  }

  init(
    _ operatorName: String, _ inputs: [Message] = [], _ attributes: [Message] = [], operatorSet: Int = 17,
    outputs: [String] = ["y"], after before: Message? = nil, error: ONNXError
  ) {
    let builder = ONNXBuilder(
      node: operatorName, inputs, attributes, operatorSet: operatorSet, outputs: outputs, after: before)
    file = HostileFile("\(operatorName): \(error)", builder.bytes, error)
  }
}

@Suite("Refused ONNX nodes")
struct ONNXNodeRefusalTests {
  static let weights = Message.tensor([4, 3, 3, 3])

  static let attributes: [HostileNode] = [
    .init(
      "Conv", [weights], [.attribute("strides", [0, 1])], problem: "attribute \"strides\" must be from 1 to 1024, not 0"
    ),
    .init("Conv", [weights], [.attribute("strides", [1])], problem: "attribute \"strides\" has 1 numbers"),
    .init(
      "Conv", [weights], [.attribute("dilations", [1, -1])],
      problem: "attribute \"dilations\" must be from 1 to 1024, not -1"),
    .init(
      "Conv", [weights], [.attribute("pads", [0, 0, 0, -1])],
      problem: "attribute \"pads\" must be from 0 to 1024, not -1"),
    .init(
      "Conv", [weights], [.attribute("pads", [0, 0, 0, 1 << 40])],
      problem: "attribute \"pads\" must be from 0 to 1024, not 1099511627776"),
    .init("Conv", [weights], [.attribute("group", 0)], problem: "attribute \"group\" must be from 1 to 65536, not 0"),
    .init("Conv", [weights], [.attribute("group", text: "1")], problem: "attribute \"group\" has the wrong type"),
    .init(
      "Conv", [weights], [.attribute("auto_pad", text: "SAME")],
      problem: "attribute \"auto_pad\" must be NOTSET or VALID or SAME_UPPER or SAME_LOWER, not \"SAME\""),
    .init(
      "Conv", [weights], [.attribute("activation", text: "Relu")],
      problem: "operator Conv has no attribute \"activation\" in this version"),
    .init(
      "MaxPool", [], [.attribute("kernel_shape", [0, 2])],
      problem: "attribute \"kernel_shape\" must be from 1 to 1024, not 0"),
    .init("MaxPool", problem: "attribute \"kernel_shape\" is missing"),
    .init(
      "AveragePool", [], [.attribute("kernel_shape", [2, 2]), .attribute("dilations", [2, 2])], operatorSet: 13,
      problem: "operator AveragePool has no attribute \"dilations\" in this version"),
    .init("Elu", [], [.attribute("alpha", float: .nan)], problem: "attribute \"alpha\" must be finite"),
    .init(
      "BatchNormalization", Array(repeating: Message.tensor([3]), count: 4), [.attribute("training_mode", 1)],
      problem: "attribute \"training_mode\" must be from 0 to 0, not 1"),
    .init("Softmax", [], [.attribute("axis", 8)], problem: "attribute \"axis\" must be from -8 to 7, not 8"),
    .init(
      "Relu", [.tensor([1])],
      problem: "operator Relu cannot have 2 inputs and 1 outputs, or a required input is left out"),
    .init("Concat", problem: "attribute \"axis\" is missing"),
    .init(
      "Resize", [.tensor([0]), .floats([1, 1, 2, 2])],
      [.attribute("coordinate_transformation_mode", text: "tf_crop_and_resize")],
      problem:
        "attribute \"coordinate_transformation_mode\" must be half_pixel or half_pixel_symmetric or pytorch_half_pixel or align_corners or asymmetric or tf_half_pixel_for_nn, not \"tf_crop_and_resize\""
    ),
  ]

  static let shapes: [HostileNode] = [
    .init(
      "Conv", [.tensor([4, 2, 3, 3])],
      problem: "weights of 4 x 2 x 3 x 3 in 1 groups do not match an image of 1 x 3 x 32 x 32"),
    .init(
      "Conv", [weights], [.attribute("group", 3)],
      problem: "weights of 4 x 3 x 3 x 3 in 3 groups do not match an image of 1 x 3 x 32 x 32"),
    .init(
      "Conv", [weights], [.attribute("kernel_shape", [5, 5])],
      problem: "weights of 4 x 3 x 3 x 3 do not match the kernel"),
    .init("Conv", [.tensor([1, 3, 33, 1])], problem: "a kernel of 33 x 1 is larger than the image of 32 pixels"),
    .init(
      "Conv", [weights], [.attribute("dilations", [1, 16])],
      problem: "a kernel of 3 x 33 is larger than the image of 32 pixels"),
    .init("Conv", [weights, .tensor([3])], problem: "input 3 is 3 instead of 4"),
    .init(
      "Conv", [weights], [.attribute("auto_pad", text: "VALID"), .attribute("pads", [1, 1, 1, 1])],
      problem: "has both pads and auto_pad"),
    .init(
      "Conv", [weights], [.attribute("auto_pad", text: "SAME_UPPER"), .attribute("dilations", [2, 2])],
      problem: "has auto_pad together with dilations or ceil_mode"),
    .init(
      "MaxPool", [], [.attribute("kernel_shape", [2, 2]), .attribute("pads", [2, 0, 0, 0])],
      problem: "attribute \"pads\" must be smaller than the kernel"),
    .init(
      "MaxPool", [],
      [
        .attribute("kernel_shape", [1, 3]), .attribute("pads", [0, 2, 0, 2]), .attribute("strides", [1, 32]),
        .attribute("ceil_mode", 1),
      ], problem: "attribute \"ceil_mode\" adds a window that lies in the padding"),
    .init("Gemm", [.tensor([3, 3])], problem: "input 1 is 1 x 3 x 32 x 32; it must have 2 dimensions"),
    .init("MatMul", [.tensor([31, 2])], problem: "matrices of 1 x 3 x 32 x 32 and 31 x 2 do not match"),
    .init("MatMul", [.tensor([2, 32, 2])], problem: "1 x 3 and 2 cannot be combined elementwise"),
    .init("Add", [.tensor([31])], problem: "1 x 3 x 32 x 32 and 31 cannot be combined elementwise"),
    .init("Add", [.integers([1])], problem: "combines elements of the types float32 and int64"),
    .init("Not", problem: "elements of the type float32 are not supported by Not"),
    .init("Softmax", [], [.attribute("axis", 4)], problem: "axis 4 does not exist in a value with 4 dimensions"),
    .init(
      "BatchNormalization", [.tensor([3]), .tensor([3]), .tensor([3]), .tensor([4])],
      problem: "input 5 is 4 instead of 3"),
    .init("LayerNormalization", [.tensor([31])], problem: "input 2 is 31 instead of 32"),
    .init("InstanceNormalization", [.tensor([3]), .tensor([2])], problem: "input 3 is 2 instead of 3"),
    .init(
      "GroupNormalization", [.tensor([3]), .tensor([3])], [.attribute("num_groups", 2)], operatorSet: 21,
      problem: "2 groups do not divide the channels of 1 x 3 x 32 x 32"),
    .init(
      "Transpose", [], [.attribute("perm", [0, 1, 2, 2])], problem: "attribute \"perm\" is not an order of 4 axes"),
    .init("Reshape", [.integers([1, 3, 5])], problem: "1 x 3 x 32 x 32 elements cannot have the shape 1 x 3 x 5"),
    .init("Reshape", [.integers([-1, -1])], problem: "cannot have the dimension -1"),
    .init("Reshape", [.integers([-2])], problem: "cannot have the dimension -2"),
    .init("Reshape", [.integers([1 << 40])], problem: "cannot have the dimension 1099511627776"),
    .init("Squeeze", [.integers([1])], problem: "removes a dimension of 1 x 3 x 32 x 32 that is not 1"),
    .init("Unsqueeze", [.integers([0, 0])], problem: "axis 0 occurs twice"),
    .init("Slice", [.integers([0]), .integers([1]), .integers([0]), .integers([0])], problem: "the step 0 is invalid"),
    .init(
      "Slice", [.integers([0]), .integers([1]), .integers([0]), .integers([.min])],
      problem: "the step -9223372036854775808 is invalid"),
    .init("Slice", [.integers([0]), .integers([1, 2])], problem: "has lists of different lengths"),
    .init(
      "Split", [.integers([1, 2])], [.attribute("axis", 1)], problem: "2 parts do not match 1 outputs of 3 elements"),
    .init("Gather", [.integers([3])], [.attribute("axis", 1)], problem: "an index does not exist in 3 elements"),
    .init(
      "Concat", [.tensor([1, 3, 32, 31])], [.attribute("axis", 1)],
      problem: "1 x 3 x 32 x 32 and 1 x 3 x 32 x 31 cannot be joined"),
    .init("Pad", [.integers([0, 0, 0, 0])], problem: "must have 8 numbers from 0 to 65536 for the padding"),
    .init(
      "Pad", [.integers([0, 0, 0, -1, 0, 0, 0, 0])], problem: "must have 8 numbers from 0 to 65536 for the padding"),
    .init(
      "Pad", [.integers([0, 0, 0, 32, 0, 0, 0, 0])], [.attribute("mode", text: "reflect")],
      problem: "reflects more elements than there are"),
    .init(
      "Resize", [.tensor([0]), .floats([1, 2, 2, 2])], problem: "changes other dimensions than the height and the width"
    ),
    .init("Resize", [.tensor([0]), .floats([1, 1, 0, 2])], problem: "must have 4 scales from 0 to 1024"),
    .init(
      "Resize", [.tensor([0]), .floats([1, 1, 1, .infinity])],
      error: .unbounded(node: "\"a\"", problem: "the scales are computed from the image")),
    .init(
      "Resize", [.tensor([0]), .floats([1, 1, 2, 2]), .integers([1, 3, 64, 64])],
      problem: "must have either sizes or scales"),
    .init("Dropout", [.floats([0.5])], problem: "the ratio must be a number"),
    .init("Where", [.tensor([1]), .tensor([1])], problem: "elements of the type float32 are not supported by Where"),
    .init("DepthToSpace", [], [.attribute("blocksize", 2)], problem: "blocks of 2 x 2 do not divide 3 channels"),
    .init("SpaceToDepth", [], [.attribute("blocksize", 5)], problem: "blocks of 5 x 5 do not divide 32 x 32 pixels"),
    .init(
      "Attention", [.tensor([1, 3, 8, 31]), .tensor([1, 3, 8, 32])], operatorSet: 23,
      problem: "queries of 1 x 3 x 32 x 32, keys of 1 x 3 x 8 x 31 and values of 1 x 3 x 8 x 32 do not match"),
    .init(
      "Cast", [], [.attribute("to", 10)],
      error: .unsupportedElementType(name: "float16", part: "the result of node \"a\"")),
  ]

  static func failure(_ bytes: [UInt8]) -> ONNXError? {
    do {
      _ = try decode(bytes).analysis(height: 32, width: 32)
      return nil
    } catch { return error }
  }

  @Test("an attribute that an operator does not allow is refused before the graph is analyzed", arguments: attributes)
  func invalidAttribute(node: HostileNode) { #expect(throws: node.file.error) { try decode(node.file.bytes) } }

  @Test("inputs that do not match are refused", arguments: shapes)
  func invalidShapes(node: HostileNode) { #expect(Self.failure(node.file.bytes) == node.file.error) }
}
