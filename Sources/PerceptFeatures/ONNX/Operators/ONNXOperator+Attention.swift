extension ONNXOperator {
  /// Scaled dot-product attention as one operator, without the cache of a language model.
  static let attention: [String: [ONNXOperator]] = [
    "Attention": [
      ONNXOperator(
        since: 23, inputs: 3...4,
        attributes: [
          "is_causal": .flag, "qk_matmul_output_mode": .integer(0...0), "scale": .float, "softcap": .float,
          "softmax_precision": .integer(1...1),
        ], infer: attend)
    ]
  ]

  private static func attend(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let queries = try call.floats(0, rank: 4).shape
    let (keys, values) = (try call.floats(1, rank: 4).shape, try call.floats(2, rank: 4).shape)
    guard queries[..<2] == keys[..<2], queries[3] == keys[3], keys[..<3] == values[..<3] else {
      throw call.invalid(
        "queries of \(describe(queries)), keys of \(describe(keys)) and values of \(describe(values)) do not match")
    }
    let scores = try call.value(.float32, queries[..<3] + [keys[2]])
    if let mask = call.optionalInput(3) {
      try call.check(mask, hasOneOf: [.bool, .float32])
      guard mask.rank == 2 || mask.rank == 4, try call.broadcast(mask.shape, scores.shape) == scores.shape,
        mask.shape.suffix(2) == scores.shape.suffix(2)
      else { throw call.invalid("a mask of \(describe(mask.shape)) does not match \(describe(scores.shape)) scores") }
    }
    call.multiplyAdds = scores.count * (queries[3] + values[3])
    call.elementAccesses = 8 * scores.count
    // The scores, the mask, and copies of the queries and keys that are scaled.
    call.workspace = 3 * scores.byteCount + 4 * (queries.product + keys.product + values.product)
    return [try call.value(.float32, queries[..<3] + [values[3]])]
  }
}
