/// A node whose operator, attributes and numbers of inputs and outputs were checked.
struct ONNXNode: Hashable, Sendable {
  /// The name in quotation marks, or the number of a node without a name, for errors.
  let label: String
  let operatorName: String
  /// The identifiers of the values; nil for an optional input that is left out.
  let inputs: [Int?]
  let outputs: [Int]
  let attributes: [String: ONNXAttribute]

  /// Returns the label of the node at `index`.
  static func label(_ node: NodeProto, at index: Int) -> String {
    node.name.isEmpty ? "number \(index + 1)" : quoted(node.name)
  }
}

extension ONNXNode {
  /// Returns the attributes after checking them against the rules of the operator.
  static func attributes(
    of node: NodeProto, label: String, rules: [String: AttributeRule]
  ) throws(ONNXError) -> [String: ONNXAttribute] {
    var attributes: [String: ONNXAttribute] = [:]
    for attribute in node.attributes {
      let value = try ONNXAttribute(attribute, of: label)
      guard attributes.updateValue(value, forKey: attribute.name) == nil else {
        throw .duplicateName(attribute.name, what: "attributes of node \(label)")
      }
      guard let rule = rules[attribute.name] else {
        throw .invalidNode(
          label, problem: "operator \(node.operatorName) has no attribute \(quoted(attribute.name)) in this version")
      }
      if let problem = rule.problem(with: value) {
        throw .invalidNode(label, problem: "attribute \(quoted(attribute.name)) \(problem)")
      }
    }
    return attributes
  }
}

/// A version of an operator: what a node may have, and what follows for its outputs.
struct ONNXOperator: Sendable {
  typealias Inference = @Sendable (inout ONNXCall) throws(ONNXError) -> [ONNXValue]

  /// The first version of the operator set that has this version of the operator.
  let since: Int64
  let inputs: ClosedRange<Int>
  let outputs: ClosedRange<Int>
  /// The inputs that may be an empty list. ONNX Runtime divides by the length of others, which ends the process.
  let emptyInputs: Range<Int>
  let attributes: [String: AttributeRule]
  let required: Set<String>
  let infer: Inference

  init(
    since: Int64 = 7, inputs: ClosedRange<Int>, emptyInputs: Range<Int> = 0..<0, outputs: ClosedRange<Int> = 1...1,
    attributes: [String: AttributeRule] = [:], required: Set<String> = [], infer: @escaping Inference
  ) {
    (self.since, self.inputs, self.emptyInputs, self.outputs) = (since, inputs, emptyInputs, outputs)
    (self.attributes, self.required, self.infer) = (attributes, required, infer)
  }

  /// All operators that a backbone may use, with their versions in ascending order.
  static let all: [String: [ONNXOperator]] = [
    convolution, pooling, products, attention, normalization, reduction, activations, arithmetic, logic, layout,
    slicing, shapes, resizing,
  ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }

  /// Returns the version of an operator in an operator set; nil if it is not supported.
  static func version(of name: String, operatorSet: Int64) -> ONNXOperator? {
    all[name]?.last { $0.since <= operatorSet }
  }
}
