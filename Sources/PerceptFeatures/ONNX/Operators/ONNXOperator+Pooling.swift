extension ONNXOperator {
  /// Pooling of images.
  static let pooling: [String: [ONNXOperator]] = [
    "AveragePool": [
      ONNXOperator(inputs: 1...1, attributes: average, required: ["kernel_shape"], infer: pool),
      ONNXOperator(
        since: 10, inputs: 1...1, attributes: average.merging(["ceil_mode": .flag]) { $1 },
        required: ["kernel_shape"], infer: pool),
      ONNXOperator(
        since: 19, inputs: 1...1, attributes: average.merging(["ceil_mode": .flag, "dilations": .extent]) { $1 },
        required: ["kernel_shape"], infer: pool),
    ],
    "MaxPool": [
      ONNXOperator(inputs: 1...1, attributes: maximum, required: ["kernel_shape"], infer: pool),
      ONNXOperator(
        since: 10, inputs: 1...1, attributes: maximum.merging(["ceil_mode": .flag, "dilations": .extent]) { $1 },
        required: ["kernel_shape"], infer: pool),
    ],
    "GlobalAveragePool": [ONNXOperator(inputs: 1...1, infer: poolGlobally)],
    "GlobalMaxPool": [ONNXOperator(inputs: 1...1, infer: poolGlobally)],
    "LRN": [
      ONNXOperator(
        inputs: 1...1, attributes: ["alpha": .float, "beta": .float, "bias": .float, "size": .integer(1...1024)],
        required: ["size"], infer: normalizeResponse)
    ],
  ]

  private static let window: [String: AttributeRule] = [
    "auto_pad": .automaticPadding, "kernel_shape": .extent, "pads": .padding, "strides": .extent,
  ]
  private static let average = window.merging(["count_include_pad": .flag]) { $1 }
  private static let maximum = window.merging(["storage_order": .integer(0...0)]) { $1 }

  private static func pool(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let image = try call.floats(0, rank: 4)
    let kernel = (call.integers("kernel_shape") ?? []).map { Int($0) }
    let window = try ONNXWindow(call, kernel: kernel)
    try window.checkForPooling(in: call)
    let size = try window.size(for: image, in: call)
    let result = try call.value(.float32, image.shape[..<2] + size, channelAxis: 1)
    call.elementAccesses = result.count * kernel.product
    return [result]
  }

  private static func poolGlobally(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let image = try call.floats(0, rank: 4)
    return [try call.value(.float32, image.shape[..<2] + [1, 1], channelAxis: 1)]
  }

  private static func normalizeResponse(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let image = try call.floats(0, rank: 4)
    call.elementAccesses = image.count * min(image.shape[1], Int(call.integer("size", default: 1)))
    return [try call.value(.float32, image.shape, channelAxis: 1)]
  }
}
