extension ONNXOperator {
  /// Convolutions of images.
  static let convolution: [String: [ONNXOperator]] = [
    "Conv": [
      ONNXOperator(
        inputs: 2...3,
        attributes: [
          "auto_pad": .automaticPadding, "dilations": .extent, "group": .integer(1...65_536), "kernel_shape": .extent,
          "pads": .padding, "strides": .extent,
        ], infer: convolve)
    ]
  ]

  private static func convolve(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let (image, weights) = (try call.floats(0, rank: 4), try call.floats(1, rank: 4))
    let group = Int(call.integer("group", default: 1))
    let (channels, filters) = (image.shape[1], weights.shape[0])
    guard channels == weights.shape[1] * group, filters.isMultiple(of: group) else {
      throw call.invalid(
        "weights of \(describe(weights.shape)) in \(group) groups do not match an image of \(describe(image.shape))")
    }
    try call.check(2, hasShape: [filters])
    let kernel = Array(weights.shape[2...])
    let declared = call.integers("kernel_shape")?.map { Int($0) } ?? kernel
    guard declared == kernel, kernel.allSatisfy({ $0 <= 1024 }) else {
      throw call.invalid("weights of \(describe(weights.shape)) do not match the kernel")
    }
    let size = try ONNXWindow(call, kernel: kernel).size(for: image, in: call)
    let result = try call.value(.float32, [image.shape[0], filters] + size, channelAxis: 1)
    call.multiplyAdds = result.count * weights.shape[1...].product
    // ONNX Runtime copies the weights in blocks of up to 16 filters.
    call.retained = weights.byteCount / filters * ((filters + 15) / 16 * 16 - filters)
    return [result]
  }
}
