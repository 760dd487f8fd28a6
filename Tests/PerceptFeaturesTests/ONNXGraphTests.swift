import PerceptFeatures
import Testing

@Suite("ONNX graph")
struct ONNXGraphTests {
  /// Conv, Clip, a second Conv with the same shape, Add, GlobalAveragePool and Flatten.
  static func network(_ size: [Int?] = [nil, nil]) -> ONNXBuilder {
    let extent = [Message.attribute("kernel_shape", [3, 3]), .attribute("pads", [1, 1, 1, 1])]
    var builder = ONNXBuilder(
      [
        .node("Conv", ["x", "w1", "b1"], ["c1"], name: "conv_1", extent + [.attribute("strides", [2, 2])]),
        .node("Clip", ["c1", "low", "high"], ["r1"], name: "clip"),
        .node("Conv", ["r1", "w2"], ["c2"], name: "conv_2", extent + [.attribute("group", 8)]),
        .node("Add", ["c2", "r1"], ["map"], name: "add"),
        .node("GlobalAveragePool", ["map"], ["pool"]),
        .node("Flatten", ["pool"], ["vector"], [.attribute("axis", 1)]),
      ],
      [
        .tensor("w1", [8, 3, 3, 3]), .tensor("b1", [8]), .tensor("w2", [8, 1, 3, 3]),
        .floats("low", [0], isScalar: true), .floats("high", [6], isScalar: true),
      ])
    builder.inputs = [.value("x", [nil, 3] + size)]
    builder.outputs = [.value("map", [nil, 8, nil, nil]), .value("vector", [nil, 8])]
    return builder
  }

  @Test("a network for images of any size has the shapes and the cost of its layers", arguments: [(64, 64), (33, 20)])
  func anySize(height: Int, width: Int) throws {
    let graph = try decode(Self.network().bytes)
    #expect((graph.input.name, graph.input.isChannelLast) == ("x", false))
    #expect(graph.input.dimensions == [nil, 3, nil, nil])
    #expect(graph.outputs.map(\.name) == ["map", "vector"])
    #expect(graph.outputs.map(\.rank) == [4, 2])
    #expect(graph.operatorNames == ["Add", "Clip", "Conv", "Flatten", "GlobalAveragePool"])
    #expect(graph.parameterCount == 8 * 27 + 8 + 8 * 9 + 2)

    let analysis = try graph.analysis(height: height, width: width)
    let (h, w) = ((height + 1) / 2, (width + 1) / 2)
    #expect(analysis.outputs.map(\.shape) == [[1, 8, h, w], [1, 8]])
    #expect(analysis.outputs.map(\.isChannelLast) == [false, false])
    #expect(analysis.multiplyAdds == 8 * h * w * (27 + 9))
    // Eight channels take the space of sixteen, in images and in weights.
    #expect(analysis.activationBytes == 4 * (3 * height * width + 4 * 16 * h * w + 16 + 8 + 8 * (27 + 9)))
  }

  @Test("a network for images of one size takes no other size")
  func fixedSize() throws {
    let graph = try decode(Self.network([32, 48]).bytes)
    #expect((graph.input.height, graph.input.width) == (32, 48))
    #expect(try graph.analysis(height: 32, width: 48).outputs[0].shape == [1, 8, 16, 24])
    let error = ONNXError.imageSize(height: 48, width: 32, expected: "32 x 48")
    #expect(throws: error) { try graph.analysis(height: 48, width: 32) }
    #expect("\(error)" == "it takes images of 32 x 48 pixels (height x width), not 48 x 32")
  }

  @Test("metadata is read as it is written")
  func metadata() throws {
    var builder = Self.network()
    builder.model = Message().messages(14, [.entry("mean", "127"), .entry("license", "Apache-2.0\nÄ")])
    #expect(try decode(builder.bytes).metadata == ["mean": "127", "license": "Apache-2.0\nÄ"])
  }

  @Test("names are equal if their bytes are, even where Unicode considers texts equal")
  func names() throws {
    let (composed, decomposed) = ("\u{E9}", "e\u{301}")
    #expect(composed == decomposed)
    var builder = ONNXBuilder(
      [.node("Flatten", ["x"], [composed]), .node("Relu", ["x"], [decomposed]), .node("Relu", [composed], ["y"])])
    #expect(try decode(builder.bytes).analysis(height: 5, width: 6).outputs[0].shape == [1, 90])
    builder.outputs = [.value(composed, nil), .value(decomposed, nil)]
    #expect(try decode(builder.bytes).analysis(height: 5, width: 6).outputs.map(\.shape) == [[1, 90], [1, 3, 5, 6]])
    #expect(try Backbone(builder.bytes[...], named: "x").featureCount == 3)
    builder.nodes.remove(at: 0)
    #expect(throws: ONNXError.undefinedValue(name: composed, user: "node number 2")) { try decode(builder.bytes) }
  }

  @Test("initializers may be inputs, too, as old exporters write them")
  func initializerInputs() throws {
    var builder = Self.network()
    builder.inputs.insert(.value("w1", [8, 3, 3, 3]), at: 0)
    #expect(try decode(builder.bytes) == decode(builder.bytes))
    #expect(try decode(builder.bytes).input.name == "x")
  }

  @Test("packed and unpacked numbers are the same")
  func packed() throws {
    var builder = Self.network([32, 48])
    let expected = try decode(builder.bytes).analysis(height: 32, width: 48)
    let dimensions = [8, 3, 3, 3].flatMap { Message.varint(UInt64($0)) }
    builder.initializers[0] = Message().bytes(1, dimensions).number(2, 1).text(8, "w1")
      .bytes(4, Array(repeating: 0, count: 4 * 215)).float(4, 1)
    builder.nodes[0] = .node(
      "Conv", ["x", "w1", "b1"], ["c1"],
      [
        Message().text(1, "pads").bytes(8, [1, 1]).number(8, 1).number(8, 1).number(20, 7),
        Message().text(1, "strides").bytes(8, [2, 2]).number(20, 7),
      ])
    #expect(try decode(builder.bytes).analysis(height: 32, width: 48) == expected)
  }

  @Test("the layout of an output follows from the operators")
  func channelLast() throws {
    var builder = ONNXBuilder(
      [
        .node("Transpose", ["x"], ["t"], [.attribute("perm", [0, 3, 1, 2])]),
        .node("Conv", ["t", "w"], ["first"]),
        .node("Transpose", ["first"], ["u"], [.attribute("perm", [0, 2, 3, 1])]),
        .node("Relu", ["u"], ["last"]),
      ], [.tensor("w", [5, 3, 1, 1])])
    builder.inputs = [.value("x", [1, nil, nil, 3])]
    builder.outputs = [.value("first", nil), .value("last", nil)]
    let graph = try decode(builder.bytes)
    #expect(graph.input.isChannelLast)
    #expect(graph.outputs.map(\.rank) == [nil, nil])
    let outputs = try graph.analysis(height: 7, width: 9).outputs
    #expect(outputs.map(\.shape) == [[1, 5, 7, 9], [1, 7, 9, 5]])
    #expect(outputs.map(\.isChannelLast) == [false, true])
  }
}
