extension ONNXOperator {
  /// Operators that change the height and width of images.
  static let resizing: [String: [ONNXOperator]] = [
    "Resize": [
      ONNXOperator(since: 10, inputs: 2...2, attributes: ["mode": .string(["nearest", "linear"])], infer: resize),
      ONNXOperator(since: 11, inputs: 3...4, emptyInputs: 1..<3, attributes: resizeAttributes, infer: resize),
      ONNXOperator(since: 13, inputs: 1...4, emptyInputs: 1..<3, attributes: resizeAttributes, infer: resize),
      ONNXOperator(
        since: 18, inputs: 1...4, emptyInputs: 1..<3,
        attributes: resizeAttributes.merging([
          "antialias": .flag, "axes": .axes, "keep_aspect_ratio_policy": .string(["stretch"]),
        ]) { $1 }, infer: resize),
    ],
    "Pad": [
      ONNXOperator(
        inputs: 1...1, attributes: ["mode": padModes, "pads": .integers(0...65_536, count: 2...16), "value": .float],
        required: ["pads"], infer: pad),
      ONNXOperator(since: 11, inputs: 2...3, attributes: ["mode": padModes], infer: pad),
      ONNXOperator(since: 18, inputs: 2...4, attributes: ["mode": padModes], infer: pad),
    ],
  ]

  private static let padModes = AttributeRule.string(["constant", "reflect", "edge"])
  private static let resizeAttributes: [String: AttributeRule] = [
    "coordinate_transformation_mode": .string([
      "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
      "tf_half_pixel_for_nn",
    ]),
    "cubic_coeff_a": .float, "exclude_outside": .flag, "extrapolation_value": .float,
    "mode": .string(["nearest", "linear", "cubic"]),
    "nearest_mode": .string(["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]),
  ]

  private static func resize(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let image = try call.floats(0, rank: 4)
    let axes = try call.axes(call.integers("axes") ?? [0, 1, 2, 3], rank: 4)
    if let region = call.optionalInput(1), call.operatorSet >= 11 {
      guard region.type == .float32, region.count == 0 || region.shape == [2 * axes.count] else {
        throw call.invalid("the region must be empty")
      }
    }
    let lengths = try resizedLengths(call, axes.map { image.shape[$0] })
    var shape = image.shape
    for (axis, length) in zip(axes, lengths) { shape[axis] = length }
    let changed = shape.indices.filter { shape[$0] != image.shape[$0] }
    guard changed.allSatisfy({ $0 >= 2 }) || changed.allSatisfy({ $0 == 1 || $0 == 2 }) else {
      throw call.invalid("changes other dimensions than the height and the width")
    }
    let result = try call.value(.float32, shape, channelAxis: image.channelAxis ?? 1)
    call.elementAccesses = 16 * result.count
    if call.flag("antialias") { try addAntialiasing(from: image, to: result, &call) }
    return [result]
  }

  /// With antialiasing, the image is resized along one axis first, and every pixel has a list of weights.
  private static func addAntialiasing(
    from image: ONNXValue, to result: ONNXValue, _ call: inout ONNXCall
  ) throws(ONNXError) {
    let larger = try call.value(.float32, zip(image.shape, result.shape).map { max($0, $1) })
    let weights = (image.shape + result.shape).reduce(0, +) * 16
    call.workspace = 2 * larger.byteCount + 8 * weights
    call.elementAccesses += 16 * larger.count
  }

  /// Returns the new lengths from the sizes or the scales. Exactly one of them is given.
  private static func resizedLengths(_ call: ONNXCall, _ lengths: [Int]) throws(ONNXError) -> [Int] {
    let scaleIndex = call.operatorSet < 11 ? 1 : 2
    let hasSizes = call.optionalInput(3) != nil
    let hasScales = call.optionalInput(scaleIndex).map { $0.count > 0 } ?? false
    guard hasSizes != hasScales else { throw call.invalid("must have either sizes or scales") }
    if hasSizes {
      let sizes = try call.integers(3, "sizes")
      guard sizes.count == lengths.count, sizes.allSatisfy({ $0 > 0 }) else {
        throw call.invalid("must have \(lengths.count) positive sizes")
      }
      return sizes.map { Int(clamping: $0) }
    }
    let scales = try call.floats(scaleIndex, rank: 1)
    guard let factors = scales.floats else { throw call.unbounded("the scales are computed from the image") }
    guard factors.count == lengths.count, factors.allSatisfy({ $0 > 0 && $0 <= 1024 }) else {
      throw call.invalid("must have \(lengths.count) scales from 0 to 1024")
    }
    return zip(lengths, factors).map { Int((Float($0) * $1).rounded(.down)) }
  }

  private static func pad(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.input(0)
    try call.check(value, hasOneOf: numbers)
    if let fill = call.optionalInput(2), fill.type != value.type || fill.count != 1 {
      throw call.invalid("the value of the padding must be a number of the type \(value.type)")
    }
    let lengths = try call.integers("pads", orInput: 1) ?? []
    let axes =
      call.optionalInput(3) == nil
      ? Array(value.shape.indices) : try call.axes(try call.integers(3, "axes"), rank: value.rank)
    guard lengths.count == 2 * axes.count, lengths.allSatisfy({ (0...65_536).contains($0) }) else {
      throw call.invalid("must have \(2 * axes.count) numbers from 0 to 65536 for the padding")
    }
    let reflects = call.string("mode", default: "constant") == "reflect"
    var shape = value.shape
    for (i, axis) in axes.enumerated() {
      let (before, after) = (Int(lengths[i]), Int(lengths[i + axes.count]))
      guard !reflects || max(before, after) < value.shape[axis] else {
        throw call.invalid("reflects more elements than there are")
      }
      shape[axis] += before + after
    }
    return [try call.value(value.type, shape, channelAxis: value.channelAxis)]
  }
}
