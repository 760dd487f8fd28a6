extension ONNXOperator {
  /// Normalization, and functions of all elements along an axis.
  static let normalization: [String: [ONNXOperator]] = [
    "BatchNormalization": [
      ONNXOperator(inputs: 5...5, attributes: ["epsilon": .float, "momentum": .float], infer: normalizeBatch),
      ONNXOperator(
        since: 9, inputs: 5...5, attributes: ["epsilon": .float, "momentum": .float], infer: normalizeBatch),
      ONNXOperator(
        since: 14, inputs: 5...5,
        attributes: ["epsilon": .float, "momentum": .float, "training_mode": .integer(0...0)], infer: normalizeBatch),
    ],
    "InstanceNormalization": [
      ONNXOperator(inputs: 3...3, attributes: ["epsilon": .float], infer: normalizeInstance)
    ],
    "GroupNormalization": [
      ONNXOperator(
        since: 18, inputs: 3...3, attributes: ["epsilon": .float, "num_groups": groups], required: ["num_groups"],
        infer: normalizeGroup),
      ONNXOperator(
        since: 21, inputs: 3...3,
        attributes: ["epsilon": .float, "num_groups": groups, "stash_type": .integer(1...1)],
        required: ["num_groups"], infer: normalizeGroup),
    ],
    "LayerNormalization": [
      ONNXOperator(
        since: 17, inputs: 2...3, attributes: ["axis": .axis, "epsilon": .float, "stash_type": .integer(1...1)],
        infer: normalizeLayer)
    ],
    "RMSNormalization": [
      ONNXOperator(
        since: 23, inputs: 2...2, attributes: ["axis": .axis, "epsilon": .float, "stash_type": .integer(1...1)],
        infer: normalizeLayer)
    ],
    "LpNormalization": [
      ONNXOperator(inputs: 1...1, attributes: ["axis": .axis, "p": .integer(1...2)], infer: keepShape(defaultAxis: -1))
    ],
    "Softmax": softmax,
    "LogSoftmax": softmax,
  ]

  private static let groups = AttributeRule.integer(1...65_536)
  private static let softmax = [
    ONNXOperator(inputs: 1...1, attributes: ["axis": .axis], infer: keepShape(defaultAxis: 1)),
    ONNXOperator(since: 13, inputs: 1...1, attributes: ["axis": .axis], infer: keepShape(defaultAxis: -1)),
  ]

  private static func keepShape(defaultAxis: Int64) -> Inference {
    { (call) throws(ONNXError) in
      let value = try call.floats(0)
      _ = try call.attributeAxis(default: defaultAxis, rank: value.rank)
      return [try call.value(.float32, value.shape, channelAxis: value.channelAxis)]
    }
  }

  /// Returns the input, whose axis 1 has the channels.
  private static func channels(_ call: ONNXCall) throws(ONNXError) -> ONNXValue {
    let value = try call.floats(0)
    guard value.rank >= 2 else { throw call.invalid("input 1 has no channels") }
    return value
  }

  private static func normalizeBatch(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try channels(call)
    for index in 1..<5 { try call.check(index, hasShape: [value.shape[1]]) }
    return [try call.value(.float32, value.shape, channelAxis: value.channelAxis)]
  }

  private static func normalizeInstance(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try channels(call)
    guard value.rank >= 3 else { throw call.invalid("input 1 has no dimensions to normalize") }
    for index in 1..<3 { try call.check(index, hasShape: [value.shape[1]]) }
    return [try call.value(.float32, value.shape, channelAxis: value.channelAxis)]
  }

  private static func normalizeGroup(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try channels(call)
    let groups = Int(call.integer("num_groups", default: 1))
    guard value.rank >= 3, value.shape[1].isMultiple(of: groups) else {
      throw call.invalid("\(groups) groups do not divide the channels of \(describe(value.shape))")
    }
    for index in 1..<3 { try call.check(index, hasShape: [call.operatorSet < 21 ? groups : value.shape[1]]) }
    return [try call.value(.float32, value.shape, channelAxis: value.channelAxis)]
  }

  private static func normalizeLayer(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.floats(0)
    let axis = try call.attributeAxis(default: -1, rank: value.rank)
    for index in 1..<3 { try call.check(index, hasShape: Array(value.shape[axis...])) }
    return [try call.value(.float32, value.shape, channelAxis: value.channelAxis)]
  }
}
