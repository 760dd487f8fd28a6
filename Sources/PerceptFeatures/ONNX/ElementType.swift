/// The types of elements that a backbone may use. The raw values are those of `TensorProto.DataType`.
enum ElementType: Int32, Sendable, CaseIterable {
  case float32 = 1
  case uint8 = 2
  case int8 = 3
  case int32 = 6
  case int64 = 7
  case bool = 9
  case float64 = 11

  /// The size of an element in bytes.
  var size: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .float32, .int32: 4
    case .int64, .float64: 8
    }
  }

  var isFloat: Bool { self == .float32 || self == .float64 }

  /// Whether elements can be added and multiplied.
  var isNumber: Bool { isFloat || self == .int32 || self == .int64 }

  /// The integers that an element can have; nil for types that are not integers.
  var range: ClosedRange<Int64>? {
    switch self {
    case .uint8: 0...255
    case .int8: -128...127
    case .bool: 0...1
    case .int32: Int64(Int32.min)...Int64(Int32.max)
    case .int64: .min ... .max
    case .float32, .float64: nil
    }
  }

  /// Returns the type with this number; throws if a backbone may not use it. `part` says what has the type.
  init(number: Int32, of part: String) throws(ONNXError) {
    guard let type = ElementType(rawValue: number) else {
      throw .unsupportedElementType(name: Self.name(ofNumber: number), part: part)
    }
    self = type
  }

  private static func name(ofNumber number: Int32) -> String {
    let others: [Int32: String] = [
      0: "undefined", 4: "uint16", 5: "int16", 8: "string", 10: "float16", 12: "uint32", 13: "uint64",
      14: "complex64", 15: "complex128", 16: "bfloat16",
    ]
    return others[number] ?? "number \(number)"
  }
}
