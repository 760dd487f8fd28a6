import HTTPTypes

/// The values of a tensor in JSON, in row-major order.
enum TensorData {
  case texts([String])
  case numbers([Double])

  /// Decodes a flat array of all values, or a nested array. A nested array has an element for each index of the first
  /// dimension, and each element has the rest of the shape.
  init(from container: inout any UnkeyedDecodingContainer, of datatype: InferenceRequest.Datatype, shape: [Int]) throws
  {
    switch datatype {
    case .bytes:
      var texts: [String] = []
      try Self.append(&container, shape[...], to: &texts)
      self = .texts(texts)
    case .uint8, .fp32:
      var numbers: [Double] = []
      try Self.append(&container, shape[...], to: &numbers)
      self = .numbers(numbers)
    }
  }

  private static func append<Value: Decodable>(
    _ container: inout any UnkeyedDecodingContainer, _ shape: ArraySlice<Int>, to values: inout [Value]
  ) throws {
    var first = container
    let isNested = shape.count > 1 && !container.isAtEnd && (try? first.nestedUnkeyedContainer()) != nil
    let wanted = isNested ? shape[shape.startIndex] : shape.elementCount
    guard let wanted, container.count == wanted else {
      let found = container.count.map(String.init) ?? "too few"
      throw RequestError(
        .badRequest, "\(container.codingPath.text) has \(found) elements, but its shape is \(Array(shape))")
    }
    while !container.isAtEnd {
      if isNested {
        var nested = try container.nestedUnkeyedContainer()
        try append(&nested, shape.dropFirst(), to: &values)
      } else {
        values.append(try container.decode(Value.self))
      }
    }
  }
}

extension Collection where Element == Int {
  /// The number of values of a tensor with this shape, or nil if a dimension is < 1 or the product overflows.
  var elementCount: Int? {
    var count = 1
    for side in self {
      let (product, isTooLarge) = count.multipliedReportingOverflow(by: side)
      guard side > 0, !isTooLarge else { return nil }
      count = product
    }
    return count
  }
}

extension [any CodingKey] {
  /// Such as `inputs[0].shape`.
  var text: String {
    reduce(into: "") { text, key in
      text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? key.stringValue : ".\(key.stringValue)")
    }
  }
}
