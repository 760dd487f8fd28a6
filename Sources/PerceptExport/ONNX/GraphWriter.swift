import PerceptFeatures

/// Writes the nodes and the constants of an ONNX graph, as fields of a `GraphProto`. Values get names in the order in which
/// they are computed, such as `Gemm_4`.
struct GraphWriter {
  /// The types of elements. The raw values are those of `TensorProto.DataType`.
  enum ElementType: Int64 {
    case float = 1
    case uint8 = 2
    case int64 = 7
    case double = 11
  }

  /// The value of an attribute of a node.
  enum Attribute {
    case integer(Int64)
    case integers([Int64])
  }

  private(set) var fields = ProtobufWriter()
  private var count = 0

  /// Adds a node with one output, and returns the name of the output.
  mutating func node(
    _ operatorName: String, _ inputs: [String], _ attributes: KeyValuePairs<String, Attribute> = [:],
    output: String? = nil
  ) -> String {
    count += 1
    let name = output ?? "\(operatorName)_\(count)"
    fields.add(1) { node in
      for input in inputs { node.add(1, input) }
      node.add(2, name)
      node.add(3, name)
      node.add(4, operatorName)
      for (name, value) in attributes { node.add(5) { value.write(name, to: &$0) } }
    }
    return name
  }

  /// Adds a conversion to another type.
  mutating func cast(_ input: String, to type: ElementType, output: String? = nil) -> String {
    node("Cast", [input], ["to": .integer(type.rawValue)], output: output)
  }

  /// Adds a constant tensor, and returns its name. Without a shape, it is a scalar.
  mutating func constant(_ name: String, _ values: [Double], shape: [Int] = [], _ type: ElementType) -> String {
    fields.add(5) { tensor in
      for side in shape { tensor.add(1, Int64(side)) }
      tensor.add(2, type.rawValue)
      tensor.add(8, name)
      tensor.add(9, type.encoded(values))
    }
    return name
  }

  /// Adds nodes and constants that are encoded already.
  mutating func append(_ encoded: [UInt8]) { fields.append(encoded) }

  /// Declares the input (field 11 of the graph) or the output (field 12). A dimension that is nil is not fixed.
  mutating func declare(
    _ name: String, _ type: ElementType, shape: [Int?], description: String, isOutput: Bool = false
  ) {
    fields.add(isOutput ? 12 : 11) { value in
      value.add(1, name)
      value.add(2) { $0.add(1) { $0.addTensorType(type, shape) } }
      value.add(3, description)
    }
  }
}

extension ProtobufWriter {
  fileprivate mutating func addTensorType(_ type: GraphWriter.ElementType, _ shape: [Int?]) {
    add(1, type.rawValue)
    add(2) { dimensions in
      for side in shape {
        dimensions.add(1) { dimension in
          if let side { dimension.add(1, Int64(side)) } else { dimension.add(2, "N") }
        }
      }
    }
  }
}

extension GraphWriter.Attribute {
  fileprivate func write(_ name: String, to attribute: inout ProtobufWriter) {
    attribute.add(1, name)
    switch self {
    case .integer(let value):
      attribute.add(3, value)
      attribute.add(20, 2)
    case .integers(let values):
      for value in values { attribute.add(8, value) }
      attribute.add(20, 7)
    }
  }
}

extension GraphWriter.ElementType {
  /// Returns the elements in little-endian order.
  fileprivate func encoded(_ values: [Double]) -> [UInt8] {
    func list<T: FixedWidthInteger>(_ element: (Double) -> T) -> [UInt8] {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(values.count * MemoryLayout<T>.size)
      for value in values { withUnsafeBytes(of: element(value).littleEndian) { bytes.append(contentsOf: $0) } }
      return bytes
    }
    return switch self {
    case .float: list { Float($0).bitPattern }
    case .double: list(\.bitPattern)
    case .int64: list { Int64($0) }
    case .uint8: list { UInt8($0) }
    }
  }
}
