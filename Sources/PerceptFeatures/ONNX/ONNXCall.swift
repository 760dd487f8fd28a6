/// One node with its inputs, during the analysis of a graph. Operators read their inputs and attributes from here, and
/// add what they cost.
struct ONNXCall {
  let node: ONNXNode
  let operatorSet: Int64
  let inputs: [ONNXValue?]
  var multiplyAdds = 0
  /// Elements that are read or written beyond one pass over the inputs and outputs.
  var elementAccesses = 0
  /// Memory in bytes that the operator needs while it runs.
  var workspace = 0
  /// Memory in bytes that the operator keeps, beyond its results.
  var retained = 0

  var outputCount: Int { node.outputs.count }

  /// Whether the results are constant, see ``ONNXValue/isConstant``.
  var isConstant: Bool {
    node.operatorName == "Shape" || node.operatorName == "Size" || inputs.allSatisfy { $0?.isConstant ?? true }
  }

  /// Returns an input. The number of inputs was checked; optional ones can be left out.
  func input(_ index: Int) throws(ONNXError) -> ONNXValue {
    guard let value = optionalInput(index) else { throw invalid("input \(index + 1) is missing") }
    return value
  }

  func optionalInput(_ index: Int) -> ONNXValue? { index < inputs.count ? inputs[index] : nil }

  /// Checks that only some inputs are empty lists.
  func checkEmptyInputs(allowed: Range<Int>) throws(ONNXError) {
    for index in inputs.indices where inputs[index]?.count == 0 && !allowed.contains(index) {
      throw invalid("input \(index + 1) has no elements")
    }
  }

  /// Returns the elements of an input that must be integers and known before the graph runs.
  func integers(_ index: Int, _ what: String) throws(ONNXError) -> [Int64] {
    let value = try input(index)
    guard value.type == .int64 || value.type == .int32 else { throw invalid("the \(what) must be integers") }
    guard value.rank <= 1 else { throw invalid("the \(what) must be a list") }
    guard let integers = value.integers else { throw unbounded("the \(what) are computed from the image") }
    return integers
  }

  /// Returns the numbers of an attribute, or of an input in versions where it became one; nil if both are left out.
  /// `what` names them in errors.
  func integers(_ name: String, orInput index: Int, _ what: String? = nil) throws(ONNXError) -> [Int64]? {
    if case .integers(let values)? = node.attributes[name] { return values }
    return optionalInput(index) == nil ? nil : try integers(index, what ?? name)
  }

  func integer(_ name: String, default value: Int64) -> Int64 {
    if case .integer(let value)? = node.attributes[name] { value } else { value }
  }

  func flag(_ name: String) -> Bool { integer(name, default: 0) != 0 }

  func integers(_ name: String) -> [Int64]? {
    if case .integers(let values)? = node.attributes[name] { values } else { nil }
  }

  func string(_ name: String, default text: String) -> String {
    if case .string(let text)? = node.attributes[name] { text } else { text }
  }

  /// Creates an output.
  func value(
    _ type: ElementType, _ shape: [Int], contents: ONNXValue.Contents? = nil, channelAxis: Int? = nil
  ) throws(ONNXError) -> ONNXValue {
    var value = try ONNXValue(type, shape, contents: contents, of: "the result of node \(node.label)")
    value.channelAxis = shape.count == 4 ? channelAxis : nil
    return value
  }

  func invalid(_ problem: String) -> ONNXError { .invalidNode(node.label, problem: problem) }

  func unbounded(_ problem: String) -> ONNXError { .unbounded(node: node.label, problem: problem) }
}

extension ONNXCall {
  /// Returns an axis of a value of rank `rank`. Negative numbers count from the last one.
  func axis(_ number: Int64, rank: Int) throws(ONNXError) -> Int {
    guard (-Int64(rank)..<Int64(rank)).contains(number) else {
      throw invalid("axis \(number) does not exist in a value with \(rank) dimensions")
    }
    return Int(number < 0 ? number + Int64(rank) : number)
  }

  /// Returns distinct axes of a value of rank `rank`.
  func axes(_ numbers: [Int64], rank: Int) throws(ONNXError) -> [Int] {
    var axes: [Int] = []
    for number in numbers {
      let axis = try axis(number, rank: rank)
      guard !axes.contains(axis) else { throw invalid("axis \(number) occurs twice") }
      axes.append(axis)
    }
    return axes
  }

  func attributeAxis(default value: Int64, rank: Int) throws(ONNXError) -> Int {
    try axis(integer("axis", default: value), rank: rank)
  }

  /// Returns an input that must be an array of `float32`.
  func floats(_ index: Int, rank: Int? = nil) throws(ONNXError) -> ONNXValue {
    let value = try input(index)
    guard value.type == .float32 else { throw invalid("input \(index + 1) must be float32") }
    guard rank == nil || rank == value.rank else {
      throw invalid("input \(index + 1) is \(describe(value.shape)); it must have \(rank ?? 0) dimensions")
    }
    return value
  }

  /// Checks that an input, if it is there, is an array of `float32` of this shape.
  func check(_ index: Int, hasShape shape: [Int]) throws(ONNXError) {
    guard optionalInput(index) != nil else { return }
    let value = try floats(index)
    guard value.shape == shape else {
      throw invalid("input \(index + 1) is \(describe(value.shape)) instead of \(describe(shape))")
    }
  }

  /// Returns the shape of the elementwise combination of two arrays: dimensions of 1 are repeated.
  func broadcast(_ a: [Int], _ b: [Int]) throws(ONNXError) -> [Int] {
    let rank = max(a.count, b.count)
    var shape: [Int] = []
    for i in 0..<rank {
      let m = i < rank - a.count ? 1 : a[i - rank + a.count]
      let n = i < rank - b.count ? 1 : b[i - rank + b.count]
      guard m == n || m == 1 || n == 1 else {
        throw invalid("\(describe(a)) and \(describe(b)) cannot be combined elementwise")
      }
      shape.append(m == 1 ? n : m)
    }
    return shape
  }
}
