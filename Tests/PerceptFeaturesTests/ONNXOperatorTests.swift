import PerceptFeatures
import Testing

/// A node with the input `x` of 1 x 3 x 12 x 16 and others, and the shape of its result. The shapes were compared with
/// those of ONNX Runtime 1.28.
struct OperatorCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]
  let shape: [Int]

  init(
    _ operatorName: String, _ inputs: [Message] = [], _ attributes: [Message] = [], operatorSet: Int = 17,
    shape: [Int] = [1, 3, 12, 16]
  ) {
    bytes = ONNXBuilder(node: operatorName, inputs, attributes, operatorSet: operatorSet).bytes
    testDescription = "\(operatorName), operator set \(operatorSet): \(shape)"
    self.shape = shape
  }
}

@Suite("ONNX operators")
struct ONNXOperatorTests {
  static func list(_ name: String, _ numbers: Int...) -> Message { .attribute(name, numbers) }
  static func same(_ text: String) -> Message { .attribute("auto_pad", text: text) }

  static let weights = Message.tensor([6, 3, 3, 5])

  static let windows: [OperatorCase] = [
    .init("Conv", [weights], shape: [1, 6, 10, 12]),
    .init("Conv", [weights, .tensor([6])], [list("pads", 1, 2, 1, 2), list("strides", 2, 3)], shape: [1, 6, 6, 6]),
    .init("Conv", [weights], [list("dilations", 2, 3)], shape: [1, 6, 8, 4]),
    .init("Conv", [.tensor([6, 1, 3, 3])], [.attribute("group", 3)], shape: [1, 6, 10, 14]),
    .init("Conv", [weights], [same("SAME_UPPER"), list("strides", 2, 3)], shape: [1, 6, 6, 6]),
    .init("Conv", [weights], [same("SAME_LOWER")], shape: [1, 6, 12, 16]),
    .init("Conv", [weights], [same("VALID"), list("strides", 2, 2)], shape: [1, 6, 5, 6]),
    .init("MaxPool", [], [list("kernel_shape", 3, 3), list("strides", 2, 2)], shape: [1, 3, 5, 7]),
    .init(
      "MaxPool", [], [list("kernel_shape", 3, 3), list("strides", 2, 2), .attribute("ceil_mode", 1)],
      shape: [1, 3, 6, 8]),
    .init(
      "MaxPool", [], [list("kernel_shape", 3, 3), list("strides", 2, 2), list("pads", 1, 1, 1, 1)],
      shape: [1, 3, 6, 8]),
    .init(
      "AveragePool", [], [list("kernel_shape", 2, 4), .attribute("count_include_pad", 1)], shape: [1, 3, 11, 13]),
    .init(
      "AveragePool", [], [list("kernel_shape", 2, 2), list("dilations", 3, 1)], operatorSet: 19,
      shape: [1, 3, 9, 15]),
    .init("GlobalAveragePool", shape: [1, 3, 1, 1]), .init("GlobalMaxPool", shape: [1, 3, 1, 1]),
    .init("LRN", [], [.attribute("size", 3)]),
  ]

  static let elementwise: [OperatorCase] = [
    .init("Add", [.tensor([5, 1, 3, 1, 1])], shape: [5, 1, 3, 12, 16]), .init("Mul", [.tensor([16])]),
    .init("Sub", [.tensor([])]), .init("Div", [.tensor([12, 1])]), .init("Pow", [.integers([2], isScalar: true)]),
    .init("PRelu", [.tensor([3, 1, 1])]), .init("Sum", [.tensor([1]), .tensor([2, 1, 1, 1])], shape: [2, 3, 12, 16]),
    .init("Clip", [.floats([0], isScalar: true), .floats([6], isScalar: true)]),
    .init("Clip", [], [.attribute("min", float: 0), .attribute("max", float: 6)], operatorSet: 10),
    .init("Dropout", [], [.attribute("ratio", float: 0.5)], operatorSet: 11),
    .init("Dropout", [.floats([0.5], isScalar: true)]), .init("HardSwish"), .init("Gelu", operatorSet: 20),
    .init("Mish", operatorSet: 18), .init("Softmax", [], [.attribute("axis", -4)]),
    .init("Softmax", operatorSet: 11), .init("LpNormalization", [], [.attribute("p", 1)]),
    .init("BatchNormalization", Array(repeating: .tensor([3]), count: 4)),
    .init("InstanceNormalization", [.tensor([3]), .tensor([3])]),
    .init("LayerNormalization", [.tensor([12, 16]), .tensor([12, 16])], [.attribute("axis", 2)]),
    .init("GroupNormalization", [.tensor([3]), .tensor([3])], [.attribute("num_groups", 3)], operatorSet: 21),
    .init("RMSNormalization", [.tensor([16])], operatorSet: 23),
  ]

  static let products: [OperatorCase] = [
    .init("MatMul", [.tensor([16, 5])], shape: [1, 3, 12, 5]), .init("MatMul", [.tensor([16])], shape: [1, 3, 12]),
    .init("MatMul", [.tensor([2, 1, 16, 7])], shape: [2, 3, 12, 7]),
    .init(
      "Attention", [.tensor([1, 3, 9, 16]), .tensor([1, 3, 9, 4]), .tensor([12, 9])], operatorSet: 23,
      shape: [1, 3, 12, 4]),
  ]

  static let layouts: [OperatorCase] = [
    .init("Reshape", [.integers([0, -1, 8])], shape: [1, 72, 8]), .init("Reshape", [.integers([576])], shape: [576]),
    .init("Flatten", shape: [1, 576]), .init("Flatten", [], [.attribute("axis", -1)], shape: [36, 16]),
    .init("Flatten", [], [.attribute("axis", 0)], shape: [1, 576]), .init("Transpose", shape: [16, 12, 3, 1]),
    .init("Transpose", [], [list("perm", 0, 2, 3, 1)], shape: [1, 12, 16, 3]), .init("Squeeze", shape: [3, 12, 16]),
    .init("Squeeze", [.integers([-4])], shape: [3, 12, 16]),
    .init("Squeeze", [], [list("axes", 0)], operatorSet: 11, shape: [3, 12, 16]),
    .init("Unsqueeze", [.integers([1, -1])], shape: [1, 1, 3, 12, 16, 1]),
    .init("Unsqueeze", [], [list("axes", 0, 2)], operatorSet: 11, shape: [1, 1, 1, 3, 12, 16]),
    .init("Expand", [.integers([2, 1, 1, 1])], shape: [2, 3, 12, 16]),
    .init("Tile", [.integers([1, 2, 1, 3])], shape: [1, 6, 12, 48]),
    .init("SpaceToDepth", [], [.attribute("blocksize", 4)], shape: [1, 48, 3, 4]),
    .init("DepthToSpace", [], [.attribute("blocksize", 1)]),
    .init("ReduceMean", [], [list("axes", 2, 3)], shape: [1, 3, 1, 1]),
    .init("ReduceMean", [.integers([-1])], [.attribute("keepdims", 0)], operatorSet: 18, shape: [1, 3, 12]),
    .init("ReduceSum", [.integers([0, 1])], [.attribute("keepdims", 0)], shape: [12, 16]),
    .init("ReduceL2", shape: [1, 1, 1, 1]), .init("ReduceSum", [], [.attribute("noop_with_empty_axes", 1)]),
  ]

  static let parts: [OperatorCase] = [
    .init("Slice", [.integers([1]), .integers([.max]), .integers([2]), .integers([3])], shape: [1, 3, 4, 16]),
    .init("Slice", [.integers([-1]), .integers([.min]), .integers([3]), .integers([-2])], shape: [1, 3, 12, 8]),
    .init("Slice", [], [list("starts", 0, 1), list("ends", 1, -1)], operatorSet: 9, shape: [1, 1, 12, 16]),
    .init("Gather", [.integers([2, 0])], [.attribute("axis", 1)], shape: [1, 2, 12, 16]),
    .init("Gather", [.integers([-1], isScalar: true)], [.attribute("axis", 2)], shape: [1, 3, 16]),
    .init("Concat", [.tensor([1, 3, 12, 4])], [.attribute("axis", -1)], shape: [1, 3, 12, 20]),
    .init("Split", [], [.attribute("axis", 3)]),
    .init("Pad", [.integers([0, 0, 1, 2, 0, 0, 3, 4])], shape: [1, 3, 16, 22]),
    .init("Pad", [.integers([1, 2]), .tensor([]), .integers([3])], operatorSet: 18, shape: [1, 3, 12, 19]),
    .init("Pad", [], [list("pads", 0, 0, 0, 0, 0, 0, 2, 0)], operatorSet: 10, shape: [1, 3, 14, 16]),
    .init("Resize", [.floats([1, 1, 0.7, 2.3])], operatorSet: 10, shape: [1, 3, 8, 36]),
    .init("Resize", [.tensor([0]), .floats([1, 1, 2, 0.5])], shape: [1, 3, 24, 8]),
    .init("Resize", [.tensor([0]), .tensor([0]), .integers([1, 3, 5, 7])], shape: [1, 3, 5, 7]),
    .init(
      "Resize", [.tensor([0]), .tensor([0]), .integers([5, 7])],
      [list("axes", 2, 3), .attribute("antialias", 1), .attribute("mode", text: "cubic")], operatorSet: 18,
      shape: [1, 3, 5, 7]),
  ]

  @Test("operators have the shapes of the specification", arguments: windows + elementwise + products + layouts + parts)
  func shape(of operatorCase: OperatorCase) throws {
    #expect(try decode(operatorCase.bytes).analysis(height: 12, width: 16).outputs.map(\.shape) == [operatorCase.shape])
  }

  @Test("multiply-adds are those of convolutions and products of matrices")
  func multiplyAdds() throws {
    func count(_ name: String, _ inputs: [Message], _ attributes: [Message] = [], operatorSet: Int = 17) throws -> Int {
      let builder = ONNXBuilder(node: name, inputs, attributes, operatorSet: operatorSet)
      return try decode(builder.bytes).analysis(height: 12, width: 16).multiplyAdds
    }
    #expect(try count("Conv", [weights]) == 6 * 10 * 12 * (3 * 3 * 5))
    #expect(try count("Conv", [.tensor([6, 1, 3, 3])], [.attribute("group", 3)]) == 6 * 10 * 14 * 9)
    #expect(try count("MatMul", [.tensor([16, 5])]) == 3 * 12 * 5 * 16)
    #expect(
      try count("Attention", [.tensor([1, 3, 9, 16]), .tensor([1, 3, 9, 4])], operatorSet: 23) == 3 * 12 * 9 * (16 + 4))
    #expect(try count("Add", [.tensor([16])]) == 0)
  }

  @Test("memory is that of the image, of the results, and what operators need in addition")
  func memory() throws {
    func bytes(_ name: String, _ inputs: [Message], _ attributes: [Message] = [], operatorSet: Int = 18) throws -> Int {
      let builder = ONNXBuilder(node: name, inputs, attributes, operatorSet: operatorSet)
      return try decode(builder.bytes).analysis(height: 12, width: 16).activationBytes - 4 * 3 * 12 * 16
    }
    #expect(try bytes("Flatten", []) == 4 * 576)
    // Images have blocks of 16 channels, weights have blocks of 16 filters.
    #expect(try bytes("Relu", []) == 4 * 16 * 192)
    #expect(try bytes("Conv", [.tensor([16, 3, 1, 1])]) == 4 * 16 * 192)
    #expect(try bytes("Conv", [.tensor([17, 3, 1, 1])]) == 4 * (32 * 192 + 15 * 3))
    #expect(try bytes("MatMul", [.tensor([5, 3, 16, 2])]) == 4 * (5 * 3 * 12 * 2) + 15 * 128)
    #expect(try bytes("ReduceSum", []) == 4 * 16 + 4 * 576)
    let attention = try bytes("Attention", [.tensor([1, 3, 9, 16]), .tensor([1, 3, 9, 4])], operatorSet: 23)
    #expect(attention == 4 * (3 * 12 * 4) + 4 * (3 * 3 * 12 * 9 + 3 * 12 * 16 + 3 * 9 * 16 + 3 * 9 * 4))
    let resized = try bytes(
      "Resize", [.tensor([0]), .tensor([0]), .integers([1, 3, 5, 20])], [.attribute("antialias", 1)])
    #expect(resized == 4 * 16 * 100 + 2 * 4 * (3 * 12 * 20) + 8 * 16 * (1 + 3 + 12 + 16 + 1 + 3 + 5 + 20))
  }

  private var weights: Message { Self.weights }
}
