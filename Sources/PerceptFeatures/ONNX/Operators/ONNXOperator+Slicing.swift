extension ONNXOperator {
  /// Operators that take parts of arrays, or join arrays.
  static let slicing: [String: [ONNXOperator]] = [
    "Slice": [
      ONNXOperator(
        inputs: 1...1, emptyInputs: 0..<1, attributes: ["axes": .axes, "ends": bounds, "starts": bounds],
        required: ["starts", "ends"], infer: slice),
      ONNXOperator(since: 10, inputs: 3...5, emptyInputs: 0..<1, infer: slice),
    ],
    "Split": [
      ONNXOperator(
        inputs: 1...1, outputs: 1...NodeProto.mostValues,
        attributes: ["axis": .axis, "split": .integers(1...(1 << 24), count: 1...NodeProto.mostValues)], infer: split),
      ONNXOperator(
        since: 13, inputs: 1...2, outputs: 1...NodeProto.mostValues, attributes: ["axis": .axis], infer: split),
      ONNXOperator(
        since: 18, inputs: 1...2, outputs: 1...NodeProto.mostValues,
        attributes: ["axis": .axis, "num_outputs": .integer(1...Int64(NodeProto.mostValues))], infer: split),
    ],
    "Gather": [ONNXOperator(inputs: 2...2, attributes: ["axis": .axis], infer: gather)],
    "Concat": [
      ONNXOperator(
        inputs: 1...NodeProto.mostValues, emptyInputs: 0..<NodeProto.mostValues, attributes: ["axis": .axis],
        required: ["axis"], infer: concatenate)
    ],
  ]

  private static let bounds = AttributeRule.integers(.min ... .max, count: 1...8)

  private static func slice(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.input(0)
    let starts = try call.integers("starts", orInput: 1) ?? []
    let ends = try call.integers("ends", orInput: 2) ?? []
    let numbers = try call.integers("axes", orInput: 3) ?? starts.indices.map { Int64($0) }
    let steps = call.optionalInput(4) == nil ? starts.map { _ in 1 } : try call.integers(4, "steps")
    guard starts.count == ends.count, starts.count == numbers.count, starts.count == steps.count else {
      throw call.invalid("has lists of different lengths")
    }
    let axes = try call.axes(numbers, rank: value.rank)
    var (shape, strides, offset) = (value.shape, PerceptFeatures.strides(ofShape: value.shape), 0)
    for (i, axis) in axes.enumerated() {
      guard steps[i] != 0, abs(steps[i].clamped) <= ONNXValue.largestDimension else {
        throw call.invalid("the step \(steps[i]) is invalid")
      }
      let step = Int(steps[i])
      let part = range(from: starts[i], to: ends[i], step: step, dimension: value.shape[axis])
      offset += part.start * strides[axis]
      strides[axis] *= step
      shape[axis] = part.count
    }
    let result = try call.value(value.type, shape)
    guard result.count <= ONNXValue.trackedElements else { return [result] }
    let contents = value.contents?.elements(at: indices(ofShape: shape, strides: strides, offset: offset))
    return [try call.value(value.type, shape, contents: contents, channelAxis: value.channelAxis)]
  }

  /// Returns the first index of a slice and the number of indices. Bounds outside of the dimension are clamped.
  private static func range(from start: Int64, to end: Int64, step: Int, dimension: Int) -> (start: Int, count: Int) {
    func index(_ number: Int64, _ allowed: ClosedRange<Int>) -> Int {
      let index = number < 0 ? Int(number) + dimension : Int(number)
      return min(max(index, allowed.lowerBound), allowed.upperBound)
    }
    guard dimension > 0 else { return (0, 0) }
    if step > 0 {
      let (first, last) = (index(start, 0...dimension), index(end, 0...dimension))
      return (first, max(0, last - first + step - 1) / step)
    }
    let (first, last) = (index(start, 0...(dimension - 1)), index(end, -1...(dimension - 1)))
    return (first, max(0, first - last - step - 1) / -step)
  }

  private static func split(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let value = try call.input(0)
    let axis = try call.attributeAxis(default: 0, rank: value.rank)
    let lengths = try splitLengths(call, dimension: value.shape[axis])
    let strides = strides(ofShape: value.shape)
    var (results, start) = ([ONNXValue](), 0)
    for length in lengths {
      var shape = value.shape
      shape[axis] = length
      let contents = value.contents?.elements(
        at: indices(ofShape: shape, strides: strides, offset: start * strides[axis]))
      results.append(try call.value(value.type, shape, contents: contents, channelAxis: value.channelAxis))
      start += length
    }
    return results
  }

  private static func splitLengths(_ call: ONNXCall, dimension: Int) throws(ONNXError) -> [Int] {
    let count = call.outputCount
    if let lengths = try call.integers("split", orInput: 1, "lengths of the parts") {
      guard call.node.attributes["num_outputs"] == nil, lengths.count == count,
        lengths.allSatisfy({ $0 >= 1 && $0 <= dimension }),
        lengths.reduce(0, { $0 + Int($1) }) == dimension
      else { throw call.invalid("\(lengths.count) parts do not match \(count) outputs of \(dimension) elements") }
      return lengths.map { Int($0) }
    }
    guard Int(call.integer("num_outputs", default: Int64(count))) == count else {
      throw call.invalid("attribute \"num_outputs\" does not match \(count) outputs")
    }
    let length = (dimension + count - 1) / count
    let last = dimension - length * (count - 1)
    guard last > 0, last == length || call.operatorSet >= 18 else {
      throw call.invalid("\(dimension) elements cannot be split into \(count) parts")
    }
    return Array(repeating: length, count: count - 1) + [last]
  }

  private static func gather(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let (value, positions) = (try call.input(0), try call.input(1))
    try call.check(positions, hasOneOf: [.int32, .int64])
    let axis = try call.attributeAxis(default: 0, rank: value.rank)
    let dimension = value.shape[axis]
    let shape = value.shape[..<axis] + positions.shape + value.shape[(axis + 1)...]
    let result = try call.value(value.type, Array(shape))
    guard let numbers = positions.integers else { return [result] }
    guard numbers.allSatisfy({ (-Int64(dimension)..<Int64(dimension)).contains($0) }) else {
      throw call.invalid("an index does not exist in \(dimension) elements")
    }
    guard result.count <= ONNXValue.trackedElements, let contents = value.contents else { return [result] }
    let (outer, inner) = (value.shape[..<axis].product, value.shape[(axis + 1)...].product)
    let chosen = numbers.map { Int($0 < 0 ? $0 + Int64(dimension) : $0) }
    let indices = (0..<outer).flatMap { i in
      chosen.flatMap { j in (0..<inner).map { (i * dimension + j) * inner + $0 } }
    }
    return [try call.value(value.type, Array(shape), contents: contents.elements(at: indices))]
  }

  private static func concatenate(_ call: inout ONNXCall) throws(ONNXError) -> [ONNXValue] {
    let first = try call.input(0)
    let axis = try call.attributeAxis(default: 0, rank: first.rank)
    var shape = first.shape
    var (contents, channelAxis) = (axis == 0 ? first.contents : nil, first.channelAxis)
    for index in call.inputs.indices.dropFirst() {
      let next = try call.input(index)
      var expected = first.shape
      if next.rank == first.rank { expected[axis] = next.shape[axis] }
      guard next.type == first.type, next.shape == expected else {
        throw call.invalid("\(describe(first.shape)) and \(describe(next.shape)) cannot be joined")
      }
      shape[axis] += next.shape[axis]
      contents = shape.product <= ONNXValue.trackedElements ? join(contents, next.contents) : nil
      channelAxis = channelAxis ?? next.channelAxis
    }
    return [try call.value(first.type, shape, contents: contents, channelAxis: channelAxis)]
  }

  private static func join(_ a: ONNXValue.Contents?, _ b: ONNXValue.Contents?) -> ONNXValue.Contents? {
    switch (a, b) {
    case (.integers(let m)?, .integers(let n)?): .integers(m + n)
    case (.floats(let m)?, .floats(let n)?): .floats(m + n)
    default: nil
    }
  }
}

extension Int64 {
  /// The number, with the smallest one replaced by its successor, so that its magnitude can be represented.
  fileprivate var clamped: Int { Int(Swift.max(self, -Int64.max)) }
}
