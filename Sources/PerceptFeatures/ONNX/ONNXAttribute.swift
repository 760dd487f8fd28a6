/// The value of an attribute of a node.
enum ONNXAttribute: Hashable, Sendable {
  case float(Float)
  case integer(Int64)
  case string(String)
  case tensor(ONNXValue)
  case floats([Float])
  case integers([Int64])

  /// Validates an attribute. Its type must match the only value it has; a value that is missing is zero or empty.
  init(_ attribute: AttributeProto, of node: String) throws(ONNXError) {
    let part = "attribute \(quoted(attribute.name)) of node \(node)"
    guard !attribute.isReference else { throw .unsupportedPart(.attributeReference, of: part) }
    guard attribute.fields.isDisjoint(with: [6, 11]), attribute.type != 5, attribute.type != 10 else {
      throw .unsupportedPart(.subgraph, of: part)
    }
    guard attribute.fields.isDisjoint(with: [22, 23]) else { throw .unsupportedPart(.sparseTensor, of: part) }
    let fields: [Int32: Int] = [1: 2, 2: 3, 3: 4, 4: 5, 6: 7, 7: 8]
    guard let field = fields[attribute.type] else { throw .unsupportedPart(.attributeType, of: part) }
    guard attribute.fields.isSubset(of: [field]) else {
      throw .malformed(problem: "\(part) has values of several types, or not of its type")
    }
    switch attribute.type {
    case 1: self = .float(attribute.float)
    case 2: self = .integer(attribute.integer)
    case 3: self = .string(try Self.string(attribute.string, of: part))
    case 4:
      guard let tensor = attribute.tensor else { throw .malformed(problem: "\(part) has no tensor") }
      self = .tensor(try ONNXValue(tensor, of: part))
    case 6:
      guard let floats = attribute.floats.floats else { throw Self.tooLong(part) }
      self = .floats(floats)
    default:
      guard let integers = attribute.integers.integers else { throw Self.tooLong(part) }
      self = .integers(integers)
    }
  }

  private static func string(_ bytes: UnsafeRawBufferPointer, of part: String) throws(ONNXError) -> String {
    guard bytes.count <= 64 else { throw tooLong(part) }
    return try ProtobufReader.text(bytes, in: part)
  }

  private static func tooLong(_ part: String) -> ONNXError { .malformed(problem: "\(part) is too long") }
}

/// The values that an operator allows for one of its attributes.
enum AttributeRule: Sendable {
  /// A finite number.
  case float
  case integer(ClosedRange<Int64>)
  case string([String])
  case tensor
  /// Finite numbers.
  case floats
  case integers(ClosedRange<Int64>, count: ClosedRange<Int>)

  /// Returns what is wrong with a value; nil if it is valid.
  func problem(with value: ONNXAttribute) -> String? {
    switch (self, value) {
    case (.float, .float(let number)): return number.isFinite ? nil : "must be finite"
    case (.integer(let range), .integer(let number)): return range.contains(number) ? nil : Self.text(range, number)
    case (.string(let choices), .string(let text)):
      return choices.contains(text) ? nil : "must be \(choices.joined(separator: " or ")), not \(quoted(text))"
    case (.tensor, .tensor): return nil
    case (.floats, .floats(let numbers)): return numbers.allSatisfy(\.isFinite) ? nil : "must be finite"
    case (.integers(let range, let counts), .integers(let numbers)):
      guard counts.contains(numbers.count) else { return "has \(numbers.count) numbers" }
      return numbers.first { !range.contains($0) }.map { Self.text(range, $0) }
    default: return "has the wrong type"
    }
  }

  private static func text(_ range: ClosedRange<Int64>, _ number: Int64) -> String {
    "must be from \(range.lowerBound) to \(range.upperBound), not \(number)"
  }
}

extension AttributeRule {
  /// 0 or 1.
  static let flag = AttributeRule.integer(0...1)
  /// An axis. Negative numbers count from the last one.
  static let axis = AttributeRule.integer(-8...7)
  static let axes = AttributeRule.integers(-8...7, count: 0...8)
  /// Two numbers for the height and the width: a kernel, a stride or a dilation.
  static let extent = AttributeRule.integers(1...1024, count: 2...2)
  /// What is added at the top, at the left, at the bottom and at the right.
  static let padding = AttributeRule.integers(0...1024, count: 4...4)
  static let automaticPadding = AttributeRule.string(["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"])
}
