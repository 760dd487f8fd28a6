extension ONNXOperator {
  /// Functions of one element at a time.
  static let activations: [String: [ONNXOperator]] = [
    "Abs": [unary(numbers, integers: { $0 == .min ? nil : abs($0) }, floats: { abs($0) })],
    "Ceil": [unary(reals, floats: { $0.rounded(.up) })],
    "Celu": [unary(reals, since: 12, attributes: ["alpha": .float])],
    "Cos": [unary(reals)],
    "Elu": [unary(reals, attributes: ["alpha": .float])],
    "Erf": [unary(reals, since: 9)],
    "Exp": [unary(reals)],
    "Floor": [unary(reals, floats: { $0.rounded(.down) })],
    "Gelu": [unary(reals, since: 20, attributes: ["approximate": .string(["none", "tanh"])])],
    "HardSigmoid": [unary(reals, attributes: ["alpha": .float, "beta": .float])],
    "HardSwish": [unary(reals, since: 14)],
    "Identity": [ONNXOperator(inputs: 1...1, emptyInputs: 0..<1) { (call) throws(ONNXError) in [try call.input(0)] }],
    "IsNaN": [unary(reals, since: 9, result: .bool)],
    "LeakyRelu": [unary(reals, attributes: ["alpha": .float])],
    "Log": [unary(reals)],
    "Mish": [unary(reals, since: 18)],
    "Neg": [unary(numbers, integers: { $0 == .min ? nil : -$0 }, floats: { -$0 })],
    "Reciprocal": [unary(reals, floats: { 1 / $0 })],
    "Relu": [unary(numbers, integers: { max($0, 0) })],
    "Round": [unary(reals, since: 11, floats: { $0.rounded(.toNearestOrEven) })],
    "Selu": [unary(reals, attributes: ["alpha": .float, "gamma": .float])],
    "Sigmoid": [unary(reals)],
    "Sign": [unary(numbers, since: 9, integers: { $0.signum() })],
    "Sin": [unary(reals)],
    "Softplus": [unary(reals)],
    "Softsign": [unary(reals)],
    "Sqrt": [unary(reals, floats: { $0.squareRoot() })],
    "Swish": [unary(reals, since: 24, attributes: ["alpha": .float])],
    "Tanh": [unary(reals)],
    "ThresholdedRelu": [unary(reals, since: 10, attributes: ["alpha": .float])],
    "Dropout": [
      ONNXOperator(inputs: 1...1, outputs: 1...2, attributes: ["ratio": .float], infer: dropNothing),
      ONNXOperator(
        since: 12, inputs: 1...3, outputs: 1...2, attributes: ["seed": .integer(.min ... .max)], infer: dropNothing),
    ],
  ]

  static let reals: [ElementType] = [.float32, .float64]
  static let numbers: [ElementType] = [.float32, .float64, .int32, .int64]

  /// A function of one element. Known elements are computed where a closure says how; nil is a result that is unknown.
  static func unary(
    _ types: [ElementType], since: Int64 = 7, attributes: [String: AttributeRule] = [:], result: ElementType? = nil,
    integers: (@Sendable (Int64) -> Int64?)? = nil, floats: (@Sendable (Float) -> Float)? = nil
  ) -> ONNXOperator {
    ONNXOperator(since: since, inputs: 1...1, attributes: attributes) { (call) throws(ONNXError) in
      let value = try call.input(0)
      try call.check(value, hasOneOf: types)
      let type = result ?? value.type
      let contents: ONNXValue.Contents? =
        switch value.contents {
        case .integers(let numbers)?: integers.flatMap { .init(integers: numbers.map($0), type: type) }
        case .floats(let numbers)?: floats.flatMap { .init(floats: numbers.map($0)) }
        case nil: nil
        }
      return [try call.value(type, value.shape, contents: contents, channelAxis: value.channelAxis)]
    }
  }

  private static func dropNothing(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.floats(0)
    if let ratio = call.optionalInput(1) {
      guard ratio.shape.isEmpty, ratio.type == .float32 else { throw call.invalid("the ratio must be a number") }
    }
    if let training = call.optionalInput(2) {
      guard training.type == .bool, training.shape.isEmpty, training.integers == [0] else {
        throw call.invalid("training mode is not supported; export the network for inference")
      }
    }
    let result = try call.value(.float32, value.shape, channelAxis: value.channelAxis)
    return [result, try call.value(.bool, value.shape)]
  }
}

extension ONNXCall {
  func check(_ value: ONNXValue, hasOneOf types: [ElementType]) throws(ONNXError) {
    guard types.contains(value.type) else {
      throw invalid("elements of the type \(value.type) are not supported by \(node.operatorName)")
    }
  }
}
