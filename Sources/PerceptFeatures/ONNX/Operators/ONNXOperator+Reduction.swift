extension ONNXOperator {
  /// Sums, means and the like along axes.
  static let reduction: [String: [ONNXOperator]] = {
    let names = [
      "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd",
      "ReduceSum", "ReduceSumSquare",
    ]
    return Dictionary(uniqueKeysWithValues: names.map { ($0, versions(of: $0)) })
  }()

  /// The axes became an input in version 18, for sums in version 13.
  private static func versions(of name: String) -> [ONNXOperator] {
    [
      ONNXOperator(inputs: 1...1, attributes: ["axes": .axes, "keepdims": .flag], infer: reduce),
      ONNXOperator(
        since: name == "ReduceSum" ? 13 : 18, inputs: 1...2, emptyInputs: 1..<2,
        attributes: ["keepdims": .flag, "noop_with_empty_axes": .flag], infer: reduce),
    ]
  }

  private static func reduce(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.input(0)
    guard value.type.isNumber else { throw call.invalid("input 1 must be numbers") }
    var axes = try call.axes(try call.integers("axes", orInput: 1) ?? [], rank: value.rank)
    if axes.isEmpty {
      if call.flag("noop_with_empty_axes") {
        return [try call.value(value.type, value.shape, channelAxis: value.channelAxis)]
      }
      axes = Array(value.shape.indices)
    }
    let keeps = call.integer("keepdims", default: 1) != 0
    let shape = value.shape.indices.compactMap { axes.contains($0) ? (keeps ? 1 : nil) : value.shape[$0] }
    // Elements are copied where the axes are not the last ones.
    call.workspace = value.byteCount
    let result = axes.count == value.rank ? value.integers.flatMap { fold($0, call.node.operatorName) } : nil
    let contents = ONNXValue.Contents(integers: result.map { [$0] }, type: value.type)
    return [try call.value(value.type, shape, contents: contents, channelAxis: value.channelAxis)]
  }

  private static func fold(_ numbers: [Int64], _ name: String) -> Int64? {
    func exact(_ operation: (Int64, Int64) -> (partialValue: Int64, overflow: Bool), from start: Int64) -> Int64? {
      numbers.reduce(start) { result, number in
        guard let result else { return nil }
        let (value, overflow) = operation(result, number)
        return overflow ? nil : value
      }
    }
    return switch name {
    case "ReduceProd": exact({ $0.multipliedReportingOverflow(by: $1) }, from: 1)
    case "ReduceSum": exact({ $0.addingReportingOverflow($1) }, from: 0)
    case "ReduceMax": numbers.max()
    case "ReduceMin": numbers.min()
    default: nil
    }
  }
}
