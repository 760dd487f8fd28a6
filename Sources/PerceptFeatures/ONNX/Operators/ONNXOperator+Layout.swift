extension ONNXOperator {
  /// Operators that give the same elements another shape or order, or repeat them.
  static let layout: [String: [ONNXOperator]] = [
    "Reshape": [
      ONNXOperator(inputs: 2...2, emptyInputs: 1..<2, infer: reshape),
      ONNXOperator(since: 14, inputs: 2...2, emptyInputs: 1..<2, attributes: ["allowzero": .flag], infer: reshape),
    ],
    "Flatten": [ONNXOperator(inputs: 1...1, attributes: ["axis": .integer(-8...8)], infer: flatten)],
    "Transpose": [
      ONNXOperator(inputs: 1...1, attributes: ["perm": .integers(0...7, count: 0...8)], infer: transpose)
    ],
    "Squeeze": [
      // Without numbers, ONNX Runtime removes all dimensions of 1.
      ONNXOperator(inputs: 1...1, attributes: ["axes": .integers(-8...7, count: 1...8)], infer: squeeze),
      ONNXOperator(since: 13, inputs: 1...2, infer: squeeze),
    ],
    "Unsqueeze": [
      ONNXOperator(inputs: 1...1, attributes: ["axes": .axes], required: ["axes"], infer: unsqueeze),
      ONNXOperator(since: 13, inputs: 2...2, infer: unsqueeze),
    ],
    "Expand": [ONNXOperator(since: 8, inputs: 2...2, emptyInputs: 1..<2, infer: expand)],
    "Tile": [ONNXOperator(inputs: 2...2, infer: tile)],
    "DepthToSpace": [
      ONNXOperator(inputs: 1...1, attributes: ["blocksize": block], required: ["blocksize"], infer: depthToSpace),
      ONNXOperator(
        since: 11, inputs: 1...1, attributes: ["blocksize": block, "mode": .string(["DCR", "CRD"])],
        required: ["blocksize"], infer: depthToSpace),
    ],
    "SpaceToDepth": [
      ONNXOperator(inputs: 1...1, attributes: ["blocksize": block], required: ["blocksize"], infer: spaceToDepth)
    ],
  ]

  private static let block = AttributeRule.integer(1...64)

  private static func reshape(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.input(0)
    var shape: [Int] = []
    var unknown: Int?
    for (axis, number) in try call.integers(1, "dimensions").enumerated() {
      switch number {
      case -1 where unknown == nil:
        unknown = axis
        shape.append(1)
      case 0 where !call.flag("allowzero") && axis < value.rank: shape.append(value.shape[axis])
      case 1...Int64(ONNXValue.largestDimension): shape.append(Int(number))
      default: throw call.invalid("cannot have the dimension \(number)")
      }
    }
    let count = try call.value(value.type, shape).count
    if let unknown, count > 0 { shape[unknown] = value.count / count }
    guard shape.product == value.count else {
      throw call.invalid("\(describe(value.shape)) elements cannot have the shape \(describe(shape))")
    }
    return [try call.value(value.type, shape, contents: value.contents)]
  }

  private static func flatten(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.input(0)
    let number = Int(call.integer("axis", default: 1))
    let axis = number < 0 ? number + value.rank : number
    guard (0...value.rank).contains(axis) else { throw call.invalid("axis \(number) does not exist") }
    let shape = [value.shape[..<axis].product, value.shape[axis...].product]
    return [try call.value(value.type, shape, contents: value.contents)]
  }

  private static func transpose(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.input(0)
    let order = call.integers("perm")?.map { Int($0) } ?? value.shape.indices.reversed()
    guard order.sorted() == Array(value.shape.indices) else {
      throw call.invalid("attribute \"perm\" is not an order of \(value.rank) axes")
    }
    let shape = order.map { value.shape[$0] }
    let steps = strides(ofShape: value.shape)
    let contents = value.contents?.elements(at: indices(ofShape: shape, strides: order.map { steps[$0] }))
    let axis = value.channelAxis.flatMap { order.firstIndex(of: $0) }
    return [try call.value(value.type, shape, contents: contents, channelAxis: axis == 3 || axis == 1 ? axis : nil)]
  }

  private static func squeeze(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.input(0)
    let axes =
      try call.integers("axes", orInput: 1).map { (numbers) throws(ONNXError) in
        try call.axes(numbers, rank: value.rank)
      } ?? value.shape.indices.filter { value.shape[$0] == 1 }
    guard axes.allSatisfy({ value.shape[$0] == 1 }) else {
      throw call.invalid("removes a dimension of \(describe(value.shape)) that is not 1")
    }
    let shape = value.shape.indices.filter { !axes.contains($0) }.map { value.shape[$0] }
    return [try call.value(value.type, shape, contents: value.contents)]
  }

  private static func unsqueeze(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.input(0)
    let numbers = try call.integers("axes", orInput: 1) ?? []
    let rank = value.rank + numbers.count
    let axes = try call.axes(numbers, rank: rank)
    var rest = value.shape[...]
    let shape = (0..<rank).map { axes.contains($0) ? 1 : rest.popFirst() ?? 1 }
    return [try call.value(value.type, shape, contents: value.contents)]
  }

  private static func expand(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.input(0)
    let target = try call.integers(1, "dimensions").map { Int(clamping: $0) }
    _ = try call.value(.uint8, target)
    let shape = try call.broadcast(value.shape, target)
    let contents = try call.value(value.type, shape).count > 0 ? value.contents(broadcastTo: shape) : nil
    return [try call.value(value.type, shape, contents: contents, channelAxis: value.channelAxis)]
  }

  private static func tile(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.input(0)
    let repeats = try call.integers(1, "repeats")
    let allowed = 1...Int64(ONNXValue.largestDimension)
    guard repeats.count == value.rank, repeats.allSatisfy(allowed.contains) else {
      throw call.invalid("must have \(value.rank) repeats from 1 to \(allowed.upperBound)")
    }
    return [try call.value(value.type, zip(value.shape, repeats).map { $0 * Int($1) })]
  }

  private static func depthToSpace(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let (image, block) = (try call.floats(0, rank: 4), Int(call.integer("blocksize", default: 1)))
    let (n, channels, height, width) = (image.shape[0], image.shape[1], image.shape[2], image.shape[3])
    guard channels.isMultiple(of: block * block) else {
      throw call.invalid("blocks of \(block) x \(block) do not divide \(channels) channels")
    }
    let shape = [n, channels / (block * block), height * block, width * block]
    return [try call.value(.float32, shape, channelAxis: 1)]
  }

  private static func spaceToDepth(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let (image, block) = (try call.floats(0, rank: 4), Int(call.integer("blocksize", default: 1)))
    let (n, channels, height, width) = (image.shape[0], image.shape[1], image.shape[2], image.shape[3])
    guard height.isMultiple(of: block), width.isMultiple(of: block) else {
      throw call.invalid("blocks of \(block) x \(block) do not divide \(height) x \(width) pixels")
    }
    let shape = [n, channels * block * block, height / block, width / block]
    return [try call.value(.float32, shape, channelAxis: 1)]
  }
}
