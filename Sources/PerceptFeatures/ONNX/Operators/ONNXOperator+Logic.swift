extension ONNXOperator {
  /// Comparisons, logic and the choice between two arrays.
  static let logic: [String: [ONNXOperator]] = [
    "And": [logical { $0 & $1 }],
    "Or": [logical { $0 | $1 }],
    "Xor": [logical { $0 ^ $1 }],
    "Not": [unary([.bool], integers: { 1 - $0 })],
    "Equal": [comparison(types: numbers + [.bool], integers: { $0 == $1 }, floats: { $0 == $1 })],
    "Less": [comparison(integers: { $0 < $1 }, floats: { $0 < $1 })],
    "Greater": [comparison(integers: { $0 > $1 }, floats: { $0 > $1 })],
    "LessOrEqual": [comparison(since: 12, integers: { $0 <= $1 }, floats: { $0 <= $1 })],
    "GreaterOrEqual": [comparison(since: 12, integers: { $0 >= $1 }, floats: { $0 >= $1 })],
    "Where": [ONNXOperator(since: 9, inputs: 3...3, infer: choose)],
  ]

  private static func logical(_ operation: @escaping @Sendable (Int64, Int64) -> Int64) -> ONNXOperator {
    ONNXOperator(inputs: 2...2) { (call) throws(ONNXError) in
      [
        try call.combine(
          try call.input(0), try call.input(1), types: [.bool], integers: { (operation($0, $1), false) }, floats: nil)
      ]
    }
  }

  private static func comparison(
    since: Int64 = 7, types: [ElementType] = numbers, integers: @escaping @Sendable (Int64, Int64) -> Bool,
    floats: @escaping @Sendable (Float, Float) -> Bool
  ) -> ONNXOperator {
    ONNXOperator(since: since, inputs: 2...2) { (call) throws(ONNXError) in
      let (a, b) = (try call.input(0), try call.input(1))
      let result = try call.combine(a, b, types: types, integers: nil, floats: nil)
      let contents: ONNXValue.Contents? =
        switch (a.contents(broadcastTo: result.shape), b.contents(broadcastTo: result.shape)) {
        case (.integers(let m)?, .integers(let n)?): .integers(zip(m, n).map { integers($0, $1) ? 1 : 0 })
        case (.floats(let m)?, .floats(let n)?): .integers(zip(m, n).map { floats($0, $1) ? 1 : 0 })
        default: nil
        }
      return [try call.value(.bool, result.shape, contents: contents, channelAxis: result.channelAxis)]
    }
  }

  private static func choose(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let (condition, a, b) = (try call.input(0), try call.input(1), try call.input(2))
    try call.check(condition, hasOneOf: [.bool])
    let result = try call.combine(a, b, types: ElementType.allCases, integers: nil, floats: nil)
    let shape = try call.broadcast(condition.shape, result.shape)
    var contents: ONNXValue.Contents?
    if case .integers(let choices)? = condition.contents(broadcastTo: shape),
      let first = a.contents(broadcastTo: shape), let second = b.contents(broadcastTo: shape)
    {
      contents = choose(choices, first, second)
    }
    return [try call.value(a.type, shape, contents: contents, channelAxis: result.channelAxis)]
  }

  private static func choose(
    _ choices: [Int64], _ a: ONNXValue.Contents, _ b: ONNXValue.Contents
  ) -> ONNXValue.Contents? {
    switch (a, b) {
    case (.integers(let m), .integers(let n)): .integers(choices.indices.map { choices[$0] != 0 ? m[$0] : n[$0] })
    case (.floats(let m), .floats(let n)): .floats(choices.indices.map { choices[$0] != 0 ? m[$0] : n[$0] })
    default: nil
    }
  }
}

extension ONNXCall {
  /// Combines two arrays of the same type elementwise. Known elements are computed where a closure says how.
  func combine(
    _ a: ONNXValue, _ b: ONNXValue, types: [ElementType], integers: ONNXOperator.IntegerOperation?,
    floats: ONNXOperator.FloatOperation?
  ) throws(ONNXError) -> ONNXValue {
    try check(a, hasOneOf: types)
    guard a.type == b.type else { throw invalid("combines elements of the types \(a.type) and \(b.type)") }
    let shape = try broadcast(a.shape, b.shape)
    let axis = a.channelAxis == 1 || b.channelAxis == 1 ? 1 : a.channelAxis ?? b.channelAxis
    var contents: ONNXValue.Contents?
    guard let first = a.contents(broadcastTo: shape), let second = b.contents(broadcastTo: shape) else {
      return try value(a.type, shape, channelAxis: axis)
    }
    switch (first, second) {
    case (.integers(let m), .integers(let n)):
      let results = integers.map { operation in
        zip(m, n).map { x, y -> Int64? in
          let (value, overflow) = operation(x, y)
          return overflow ? nil : value
        }
      }
      contents = .init(integers: results, type: a.type)
    case (.floats(let m), .floats(let n)):
      contents = .init(floats: floats.map { zip(m, n).map($0) })
    default: break
    }
    return try value(a.type, shape, contents: contents, channelAxis: axis)
  }
}
