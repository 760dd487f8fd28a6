extension ONNXOperator {
  /// Products of matrices.
  static let products: [String: [ONNXOperator]] = [
    "Gemm": [
      ONNXOperator(inputs: 3...3, attributes: gemm, infer: multiplyAndAdd),
      ONNXOperator(since: 11, inputs: 2...3, attributes: gemm, infer: multiplyAndAdd),
    ],
    "MatMul": [ONNXOperator(inputs: 2...2, infer: multiply)],
  ]

  private static let gemm: [String: AttributeRule] = [
    "alpha": .float, "beta": .float, "transA": .flag, "transB": .flag,
  ]

  private static func multiplyAndAdd(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let (a, b) = (try call.floats(0, rank: 2).shape, try call.floats(1, rank: 2).shape)
    let (rows, inner) = call.flag("transA") ? (a[1], a[0]) : (a[0], a[1])
    let (innerOfB, columns) = call.flag("transB") ? (b[1], b[0]) : (b[0], b[1])
    guard inner == innerOfB else { throw call.invalid("matrices of \(describe(a)) and \(describe(b)) do not match") }
    if call.optionalInput(2) != nil {
      let c = try call.floats(2).shape
      guard try call.broadcast(c, [rows, columns]) == [rows, columns] else {
        throw call.invalid("a bias of \(describe(c)) does not match a result of \(rows) x \(columns)")
      }
    }
    let result = try call.value(.float32, [rows, columns])
    call.multiplyAdds = result.count * inner
    return [result]
  }

  private static func multiply(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let (a, b) = (try call.floats(0), try call.floats(1))
    guard a.rank > 0, b.rank > 0 else { throw call.invalid("a scalar is not a matrix") }
    let (left, right) = (a.rank == 1 ? [1] + a.shape : a.shape, b.rank == 1 ? b.shape + [1] : b.shape)
    let inner = left[left.count - 1]
    guard inner == right[right.count - 2] else {
      throw call.invalid("matrices of \(describe(a.shape)) and \(describe(b.shape)) do not match")
    }
    let stack = try call.broadcast(left.dropLast(2), right.dropLast(2))
    let shape = stack + (a.rank == 1 ? [] : [left[left.count - 2]]) + (b.rank == 1 ? [] : [right[right.count - 1]])
    let result = try call.value(.float32, shape, channelAxis: a.channelAxis == 3 ? 3 : nil)
    call.multiplyAdds = result.count * inner
    // The parameters of each product in the stack.
    call.workspace = try call.value(.uint8, stack).count * 128
    return [result]
  }
}
