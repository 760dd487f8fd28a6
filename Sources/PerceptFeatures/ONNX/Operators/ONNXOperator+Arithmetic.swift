extension ONNXOperator {
  /// Arithmetic on arrays that are combined elementwise.
  static let arithmetic: [String: [ONNXOperator]] = [
    "Add": [binary(integers: { $0.addingReportingOverflow($1) }, floats: { $0 + $1 })],
    "Sub": [binary(integers: { $0.subtractingReportingOverflow($1) }, floats: { $0 - $1 })],
    "Mul": [binary(integers: { $0.multipliedReportingOverflow(by: $1) }, floats: { $0 * $1 })],
    "Div": [
      ONNXOperator(inputs: 2...2) { (call) throws(ONNXError) in
        try checkDivisor(call)
        return [try combine(call, integers: { $0.dividedReportingOverflow(by: $1) }, floats: { $0 / $1 })]
      }
    ],
    "Mod": [
      ONNXOperator(since: 10, inputs: 2...2, attributes: ["fmod": .flag]) { (call) throws(ONNXError) in
        try checkDivisor(call)
        let truncates = call.flag("fmod")
        let value = try call.input(0)
        guard truncates || !value.type.isFloat else { throw call.invalid("must have the attribute fmod") }
        return [try combine(call, integers: { remainder($0, $1, truncates: truncates) }, floats: nil)]
      }
    ],
    "Pow": [ONNXOperator(inputs: 2...2, infer: raise)],
    "PRelu": [ONNXOperator(inputs: 2...2, infer: rectify)],
    "Min": [variadic(integers: { (min($0, $1), false) }, floats: { min($0, $1) })],
    "Max": [variadic(integers: { (max($0, $1), false) }, floats: { max($0, $1) })],
    "Sum": [variadic(types: reals, integers: nil, floats: { $0 + $1 })],
    "Mean": [variadic(types: reals, integers: nil, floats: nil)],
    "Clip": [
      ONNXOperator(inputs: 1...1, attributes: ["min": .float, "max": .float]) { (call) throws(ONNXError) in
        let value = try call.floats(0)
        return [try call.value(.float32, value.shape, channelAxis: value.channelAxis)]
      },
      ONNXOperator(since: 11, inputs: 1...3, infer: clip),
    ],
  ]

  typealias IntegerOperation = @Sendable (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  typealias FloatOperation = @Sendable (Float, Float) -> Float

  private static func binary(integers: @escaping IntegerOperation, floats: @escaping FloatOperation) -> ONNXOperator {
    ONNXOperator(inputs: 2...2) { (call) throws(ONNXError) in [try combine(call, integers: integers, floats: floats)] }
  }

  private static func combine(
    _ call: ONNXCall, integers: IntegerOperation?, floats: FloatOperation?
  ) throws(ONNXError) -> ONNXValue {
    try call.combine(try call.input(0), try call.input(1), types: numbers, integers: integers, floats: floats)
  }

  private static func variadic(
    types: [ElementType] = numbers, integers: IntegerOperation?, floats: FloatOperation?
  ) -> ONNXOperator {
    ONNXOperator(inputs: 1...NodeProto.mostValues) { (call) throws(ONNXError) in
      var result = try call.input(0)
      try call.check(result, hasOneOf: types)
      // Shapes are computed from two lists at a time. A thousand would take long.
      if call.inputs.count > 2 { result.forgetContents() }
      for index in call.inputs.indices.dropFirst() {
        result = try call.combine(result, try call.input(index), types: types, integers: integers, floats: floats)
      }
      return [result]
    }
  }

  /// Integer division by zero, and that of the smallest number by -1, would end the process.
  private static func checkDivisor(_ call: ONNXCall) throws(ONNXError) {
    let (dividend, divisor) = (try call.input(0), try call.input(1))
    guard let range = divisor.type.range else { return }
    guard let divisors = divisor.integers else { throw call.unbounded("the divisor is computed from the image") }
    guard !divisors.contains(0) else { throw call.invalid("divides by zero") }
    guard divisors.contains(-1) else { return }
    guard let dividends = dividend.integers, !dividends.contains(range.lowerBound) else {
      throw call.invalid("divides an unknown number, or the smallest one, by -1")
    }
  }

  private static func remainder(
    _ a: Int64, _ b: Int64, truncates: Bool
  ) -> (partialValue: Int64, overflow: Bool) {
    let (remainder, overflow) = a.remainderReportingOverflow(dividingBy: b)
    guard !overflow, !truncates, remainder != 0, (remainder < 0) != (b < 0) else { return (remainder, overflow) }
    return (remainder + b, false)
  }

  private static func raise(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let (base, exponent) = (try call.input(0), try call.input(1))
    try call.check(base, hasOneOf: reals)
    try call.check(exponent, hasOneOf: numbers)
    let shape = try call.broadcast(base.shape, exponent.shape)
    return [try call.value(base.type, shape, channelAxis: base.channelAxis)]
  }

  private static func rectify(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let (value, slope) = (try call.floats(0), try call.floats(1))
    guard try call.broadcast(value.shape, slope.shape) == value.shape else {
      throw call.invalid("a slope of \(describe(slope.shape)) does not match \(describe(value.shape))")
    }
    return [try call.value(.float32, value.shape, channelAxis: value.channelAxis)]
  }

  private static func clip(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    var value = try call.input(0)
    try call.check(value, hasOneOf: numbers)
    for index in 1..<3 {
      guard let bound = call.optionalInput(index) else { continue }
      guard bound.type == value.type, bound.shape.isEmpty else {
        throw call.invalid("input \(index + 1) must be a number of the type \(value.type)")
      }
      value = try call.combine(
        value, bound, types: numbers, integers: { (index == 1 ? max($0, $1) : min($0, $1), false) },
        floats: { index == 1 ? max($0, $1) : min($0, $1) })
    }
    return [value]
  }
}
