extension ONNXOperator {
  /// Constants, shapes as values, and conversions.
  static let shapes: [String: [ONNXOperator]] = [
    "Constant": [
      ONNXOperator(inputs: 0...0, attributes: ["value": .tensor], infer: constant),
      ONNXOperator(
        since: 12, inputs: 0...0,
        attributes: [
          "value": .tensor, "value_float": .float, "value_floats": .floats, "value_int": .integer(.min ... .max),
          "value_ints": .integers(.min ... .max, count: 0...ScalarList.capacity),
        ], infer: constant),
    ],
    "ConstantOfShape": [
      ONNXOperator(since: 9, inputs: 1...1, emptyInputs: 0..<1, attributes: ["value": .tensor], infer: constantOfShape)
    ],
    "Range": [ONNXOperator(since: 11, inputs: 3...3, infer: range)],
    "Shape": [
      ONNXOperator(inputs: 1...1, infer: shape),
      ONNXOperator(since: 15, inputs: 1...1, attributes: ["end": bound, "start": bound], infer: shape),
    ],
    "Size": [
      ONNXOperator(inputs: 1...1) { (call) throws(ONNXError) in
        [try call.value(.int64, [], contents: .integers([Int64(try call.input(0).count)]))]
      }
    ],
    "Cast": [
      ONNXOperator(
        inputs: 1...1, emptyInputs: 0..<1, attributes: ["to": .integer(0...100)], required: ["to"], infer: cast),
      ONNXOperator(
        since: 19, inputs: 1...1, emptyInputs: 0..<1, attributes: ["saturate": .flag, "to": .integer(0...100)],
        required: ["to"], infer: cast),
    ],
    "CastLike": [
      ONNXOperator(since: 15, inputs: 2...2, infer: castLike),
      ONNXOperator(since: 19, inputs: 2...2, attributes: ["saturate": .flag], infer: castLike),
    ],
  ]

  private static let bound = AttributeRule.integer(-100...100)

  private static func constant(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    guard call.node.attributes.count == 1, let attribute = call.node.attributes.values.first else {
      throw call.invalid("a constant must have exactly one value")
    }
    return switch attribute {
    case .tensor(let tensor): [tensor]
    case .float(let number): [try call.value(.float32, [], contents: .floats([number]))]
    case .floats(let numbers): [try call.value(.float32, [numbers.count], contents: .floats(numbers))]
    case .integer(let number): [try call.value(.int64, [], contents: .integers([number]))]
    case .integers(let numbers): [try call.value(.int64, [numbers.count], contents: .integers(numbers))]
    case .string: throw call.invalid("a constant cannot be text")
    }
  }

  private static func constantOfShape(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let shape = try call.integers(0, "dimensions").map { Int(clamping: $0) }
    var (type, element) = (ElementType.float32, ONNXValue.Contents?.some(.floats([0])))
    if case .tensor(let tensor)? = call.node.attributes["value"] {
      guard tensor.count == 1 else { throw call.invalid("attribute \"value\" must have one element") }
      (type, element) = (tensor.type, tensor.contents)
    }
    let result = try call.value(type, shape)
    guard result.count <= ONNXValue.trackedElements else { return [result] }
    let contents = element?.elements(at: Array(repeating: 0, count: result.count))
    return [try call.value(type, shape, contents: contents)]
  }

  private static func range(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let bounds = [try call.input(0), try call.input(1), try call.input(2)]
    let type = bounds[0].type
    guard type.isNumber, bounds.allSatisfy({ $0.type == type && $0.shape.isEmpty }) else {
      throw call.invalid("the bounds of the range must be numbers of one type")
    }
    let numbers = bounds.compactMap { bound -> Int64? in
      bound.integers?.first ?? bound.floats?.first.flatMap { Int64(exactly: $0) }
    }
    guard numbers.count == 3 else { throw call.unbounded("the bounds of the range are not known integers") }
    let (start, end, step) = (numbers[0], numbers[1], numbers[2])
    let limit = Int64(ONNXValue.largestDimension)
    guard step != 0, numbers.allSatisfy((-limit...limit).contains) else {
      throw call.invalid("the range from \(start) to \(end) by \(step) is too large")
    }
    let distance = step > 0 ? end - start : start - end
    let count = max(0, (distance + abs(step) - 1) / abs(step))
    guard count <= ONNXValue.trackedElements, type == .int64 || type == .int32 else {
      return [try call.value(type, [Int(count)])]
    }
    let contents = ONNXValue.Contents.integers(Array(stride(from: start, to: end, by: Int(step))))
    return [try call.value(type, [Int(count)], contents: contents)]
  }

  private static func shape(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let dimensions = try call.input(0).shape
    func index(_ name: String, default value: Int) -> Int {
      let number = Int(call.integer(name, default: Int64(value)))
      return min(max(number < 0 ? number + dimensions.count : number, 0), dimensions.count)
    }
    let (start, end) = (index("start", default: 0), index("end", default: dimensions.count))
    let chosen = start < end ? dimensions[start..<end].map { Int64($0) } : []
    return [try call.value(.int64, [chosen.count], contents: .integers(chosen))]
  }

  private static func cast(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let number = Int32(truncatingIfNeeded: call.integer("to", default: 0))
    let type = try ElementType(number: number, of: "the result of node \(call.node.label)")
    return [try convert(try call.input(0), to: type, call)]
  }

  private static func castLike(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    [try convert(try call.input(0), to: try call.input(1).type, call)]
  }

  private static func convert(
    _ value: ONNXValue, to type: ElementType, _ call: ONNXCall
  ) throws(ONNXError) -> ONNXValue {
    let contents: ONNXValue.Contents? =
      switch (value.contents, type) {
      case (.integers(let numbers)?, .float32): .floats(numbers.map { Float($0) })
      case (.integers(let numbers)?, .bool): .integers(numbers.map { $0 == 0 ? 0 : 1 })
      case (.integers(let numbers)?, _): .init(integers: numbers, type: type)
      case (.floats(let numbers)?, .float32): .floats(numbers)
      case (.floats(let numbers)?, .bool): .integers(numbers.map { $0 == 0 ? 0 : 1 })
      case (.floats(let numbers)?, _):
        .init(integers: numbers.map { Int64(exactly: $0.rounded(.towardZero)) }, type: type)
      case (nil, _): nil
      }
    return try call.value(type, value.shape, contents: contents, channelAxis: value.channelAxis)
  }
}
