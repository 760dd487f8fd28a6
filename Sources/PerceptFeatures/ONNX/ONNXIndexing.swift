/// Returns the indices `offset` + Σ coordinate · stride for all coordinates of `shape`, in row-major order. O(count).
func indices(ofShape shape: [Int], strides: [Int], offset: Int = 0) -> [Int] {
  var result = [offset]
  for (dimension, stride) in zip(shape, strides) {
    result = result.flatMap { start in (0..<dimension).map { start + $0 * stride } }
  }
  return result
}

/// Returns the strides of an array in row-major order.
func strides(ofShape shape: [Int]) -> [Int] {
  var strides = Array(repeating: 1, count: shape.count)
  for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
  return strides
}

extension ONNXValue {
  /// Returns the known elements when the value is repeated to `shape`, to which it can be broadcast; nil if they are
  /// unknown or too many.
  func contents(broadcastTo target: [Int]) -> Contents? {
    guard let contents, target.product <= Self.trackedElements else { return nil }
    if target == shape { return contents }
    let padded = Array(repeating: 1, count: target.count - rank) + shape
    let strides = zip(padded, PerceptFeatures.strides(ofShape: padded)).map { $0 == 1 ? 0 : $1 }
    return contents.elements(at: indices(ofShape: target, strides: strides))
  }
}
