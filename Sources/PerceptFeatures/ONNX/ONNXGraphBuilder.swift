import PerceptImages

/// Resolves the names of a graph: every value gets an identifier, and every node is checked against its operator.
struct ONNXGraphBuilder {
  private let operatorSet: Int64
  /// The identifiers of values by the bytes of their names. ONNX Runtime compares bytes, whereas `String` considers
  /// different encodings of one text equal.
  private var identifiers: [[UInt8]: Int] = [:]
  private(set) var names: [String] = []
  /// The values of initializers, by their identifiers.
  private(set) var values: [ONNXValue?] = []
  private(set) var nodes: [ONNXNode] = []
  private(set) var declarations: [ONNXGraph.Declaration] = []
  private(set) var input = ONNXGraph.Input(name: "", dimensions: [], isChannelLast: false)
  private(set) var inputValue = 0
  private(set) var outputs: [ONNXGraph.Output] = []
  private(set) var outputValues: [Int] = []

  init(_ graph: GraphProto, operatorSet: Int64) throws(ONNXError) {
    self.operatorSet = operatorSet
    for tensor in graph.initializers {
      let identifier = try define(tensor.name)
      values[identifier] = try ONNXValue(tensor, of: "tensor \(quoted(tensor.name))")
      values[identifier]?.isConstant = true
    }
    try addInput(graph.inputs)
    let firstComputed = names.count
    for (index, node) in graph.nodes.enumerated() { try add(node, label: ONNXNode.label(node, at: index)) }
    try addOutputs(graph.outputs, firstComputed: firstComputed)
    for value in graph.values { try declare(value) }
  }

  private func identifier(of name: String) -> Int? { identifiers[Array(name.utf8)] }

  /// Gives the next identifier to a new value.
  private mutating func define(_ name: String) throws(ONNXError) -> Int {
    guard !name.isEmpty else { throw .malformed(problem: "a value has no name") }
    guard identifiers.updateValue(names.count, forKey: Array(name.utf8)) == nil else {
      throw .duplicateName(name, what: "values")
    }
    names.append(name)
    values.append(nil)
    return names.count - 1
  }

  private mutating func addInput(_ inputs: [ValueInfoProto]) throws(ONNXError) {
    // Old exporters list initializers as inputs.
    for info in inputs where identifier(of: info.name) != nil { try declare(info) }
    let images = inputs.filter { identifier(of: $0.name) == nil }
    guard images.count == 1 else {
      throw .unsupportedInput(problem: "it has \(images.count) inputs; a backbone has one, the images")
    }
    let name = images[0].name
    let declaration = try Self.declaration(images[0], value: try define(name))
    guard let declaration, let shape = declaration.shape, shape.count == 4, declaration.type == .float32 else {
      throw .unsupportedInput(problem: "input \(quoted(name)) must be float32 with four dimensions: the images")
    }
    guard shape[0] ?? 1 == 1 else {
      throw .unsupportedInput(
        problem: "input \(quoted(name)) is \(describe(shape)); export the network for batches of one image")
    }
    guard shape[1] == 3 || shape[3] == 3 else {
      throw .unsupportedInput(
        problem: "input \(quoted(name)) is \(describe(shape)); it must be N x 3 x H x W or N x H x W x 3")
    }
    input = ONNXGraph.Input(name: name, dimensions: shape, isChannelLast: shape[1] != 3)
    let sides = 1...ImageSize.largestSide
    guard sides.contains(input.height ?? 1), sides.contains(input.width ?? 1) else {
      throw .unsupportedInput(
        problem: "input \(quoted(name)) is \(describe(shape)); the sides of images must be from 1 to "
          + "\(sides.upperBound)")
    }
    inputValue = declaration.value
  }

  private mutating func addOutputs(_ infos: [ValueInfoProto], firstComputed: Int) throws(ONNXError) {
    var seen: Set<Int> = []
    for info in infos {
      guard let value = identifier(of: info.name), value >= firstComputed else {
        throw .undefinedValue(name: info.name, user: "an output of the graph")
      }
      guard seen.insert(value).inserted else { throw .duplicateName(info.name, what: "outputs") }
      let declaration = try Self.declaration(info, value: value)
      if let declaration { declarations.append(declaration) }
      guard declaration?.type ?? .float32 == .float32 else { continue }
      outputs.append(ONNXGraph.Output(name: info.name, rank: declaration?.shape?.count))
      outputValues.append(value)
    }
    guard !outputs.isEmpty else { throw .unsupportedOutput(problem: "it has no output of the type float32") }
  }
}

extension ONNXGraphBuilder {
  /// Adds the declaration of a value. Declarations of values that do not exist have no effect.
  private mutating func declare(_ info: ValueInfoProto) throws(ONNXError) {
    guard let value = identifier(of: info.name) else { return }
    if let declaration = try Self.declaration(info, value: value) { declarations.append(declaration) }
  }

  private static func declaration(_ info: ValueInfoProto, value: Int) throws(ONNXError) -> ONNXGraph.Declaration? {
    guard let type = info.type else { return nil }
    let part = "value \(quoted(info.name))"
    var shape: [Int?]?
    if let dimensions = type.shape {
      shape = []
      for dimension in dimensions {
        guard dimension == nil || (0...Int64(ONNXValue.largestDimension)).contains(dimension ?? 0) else {
          throw .invalidShape(part: part, problem: "has the dimension \(dimension ?? 0)")
        }
        shape?.append(dimension.map { Int($0) })
      }
    }
    return ONNXGraph.Declaration(value: value, type: try ElementType(number: type.elementType, of: part), shape: shape)
  }

  private mutating func add(_ node: NodeProto, label: String) throws(ONNXError) {
    guard node.domain.isEmpty || node.domain == "ai.onnx",
      let version = ONNXOperator.version(of: node.operatorName, operatorSet: operatorSet)
    else { throw .unsupportedOperator(name: node.operatorName, domain: node.domain, node: label) }
    let attributes = try ONNXNode.attributes(of: node, label: label, rules: version.attributes)
    if let name = version.required.sorted().first(where: { attributes[$0] == nil }) {
      throw .invalidNode(label, problem: "attribute \(quoted(name)) is missing")
    }
    try checkCounts(node, version, label: label)
    var inputs: [Int?] = []
    for name in node.inputs {
      let input = identifier(of: name)
      guard name.isEmpty || input != nil else { throw .undefinedValue(name: name, user: "node \(label)") }
      inputs.append(input)
    }
    var outputs: [Int] = []
    for name in node.outputs { outputs.append(try define(name)) }
    nodes.append(
      ONNXNode(
        label: label, operatorName: node.operatorName, inputs: inputs, outputs: outputs, attributes: attributes))
  }

  private func checkCounts(_ node: NodeProto, _ version: ONNXOperator, label: String) throws(ONNXError) {
    guard version.inputs.contains(node.inputs.count), version.outputs.contains(node.outputs.count),
      !node.inputs.prefix(version.inputs.lowerBound).contains("")
    else {
      throw .invalidNode(
        label,
        problem: "operator \(node.operatorName) cannot have \(node.inputs.count) inputs and "
          + "\(node.outputs.count) outputs, or a required input is left out")
    }
  }
}
