import Foundation
import Testing

/// The fields of an encoded protobuf message, in their order.
struct ProtobufFields {
  /// The value of a field: an integer, or bytes.
  enum Value {
    case integer(Int)
    case bytes([UInt8])
  }

  private(set) var fields: [(number: Int, value: Value)] = []

  init(_ bytes: [UInt8]) throws {
    var position = 0
    func varint() throws -> Int {
      var value: UInt64 = 0
      for shift in stride(from: UInt64(0), through: 63, by: 7) {
        try #require(position < bytes.count)
        value |= UInt64(bytes[position] & 0x7F) << shift
        position += 1
        if bytes[position - 1] < 0x80 { break }
      }
      return Int(bitPattern: UInt(value))
    }
    while position < bytes.count {
      let tag = try varint()
      switch tag & 7 {
      case 0: fields.append((tag >> 3, .integer(try varint())))
      case 2:
        let end = try varint() + position
        try #require(end <= bytes.count)
        fields.append((tag >> 3, .bytes(Array(bytes[position..<end]))))
        position = end
      default:
        // Floats of attributes, which only a backbone has.
        try #require(tag & 7 == 5)
        fields.append((tag >> 3, .bytes(Array(bytes[position..<position + 4]))))
        position += 4
      }
    }
  }

  func integers(_ number: Int) -> [Int] {
    fields.filter { $0.number == number }.compactMap { if case .integer(let value) = $0.value { value } else { nil } }
  }

  func bytes(_ number: Int) -> [[UInt8]] {
    fields.filter { $0.number == number }.compactMap { if case .bytes(let value) = $0.value { value } else { nil } }
  }

  func texts(_ number: Int) -> [String] { bytes(number).map { String(decoding: $0, as: UTF8.self) } }

  func messages(_ number: Int) throws -> [ProtobufFields] { try bytes(number).map(ProtobufFields.init) }
}

/// A reader and a slow interpreter of the ONNX files that percept writes, independent of the encoder.
struct ExportedGraph {
  struct Node {
    let operatorName: String
    let inputs: [String]
    let outputs: [String]
    let attributes: [String: [Int]]
  }

  struct Tensor {
    var shape: [Int]
    var values: [Double]
  }

  let formatVersion: Int
  let operatorSet: Int
  let metadata: [String: String]
  let nodes: [Node]
  /// The constants of `float`, `double` and `int64`. Those of a backbone are skipped.
  let constants: [String: Tensor]
  let constantNames: [String]
  /// The name, the type, and the dimensions of the input and of the output; nil for one that is not fixed.
  let input: (name: String, type: Int, shape: [Int?])
  let output: (name: String, type: Int, shape: [Int?])

  init(_ file: [UInt8]) throws {
    let model = try ProtobufFields(file)
    formatVersion = try #require(model.integers(1).first)
    let sets = try model.messages(8)
    try #require(sets.count == 1 && sets[0].texts(1) == [""])
    operatorSet = try #require(sets[0].integers(2).first)
    metadata = Dictionary(uniqueKeysWithValues: try model.messages(14).map { ($0.texts(1)[0], $0.texts(2)[0]) })
    let graph = try #require(try model.messages(7).first)
    nodes = try graph.messages(1).map { node in
      Node(
        operatorName: node.texts(4)[0], inputs: node.texts(1), outputs: node.texts(2),
        attributes: Dictionary(
          uniqueKeysWithValues: try node.messages(5).map { ($0.texts(1)[0], $0.integers(3) + $0.integers(8)) }))
    }
    let tensors = try graph.messages(5)
    constantNames = tensors.map { $0.texts(8)[0] }
    constants = Dictionary(
      uniqueKeysWithValues: zip(constantNames, tensors).filter { !$0.0.hasPrefix("backbone/") }.map {
        ($0, Self.tensor($1))
      })
    try #require(graph.bytes(11).count == 1 && graph.bytes(12).count == 1)
    (input, output) = (try Self.declaration(graph.messages(11)[0]), try Self.declaration(graph.messages(12)[0]))
  }

  private static func tensor(_ message: ProtobufFields) -> Tensor {
    let raw = message.bytes(9)[0]
    func list<T>(_: T.Type) -> [T] {
      raw.withUnsafeBytes { raw in
        stride(from: 0, to: raw.count, by: MemoryLayout<T>.size).map {
          raw.loadUnaligned(fromByteOffset: $0, as: T.self)
        }
      }
    }
    let values =
      switch message.integers(2)[0] {
      case 1: list(Float.self).map(Double.init)
      case 7: list(Int64.self).map(Double.init)
      default: list(Double.self)
      }
    return Tensor(shape: message.integers(1), values: values)
  }

  private static func declaration(_ value: ProtobufFields) throws -> (String, Int, [Int?]) {
    let tensor = try value.messages(2)[0].messages(1)[0]
    let sides = try tensor.messages(2)[0].messages(1)
    return (value.texts(1)[0], tensor.integers(1)[0], sides.map { $0.integers(1).first })
  }
}

extension ExportedGraph {
  /// Computes the output for one example. With `float`, every result is rounded to it.
  func run(_ bytes: [UInt8]) throws -> [Double] {
    var values = constants
    values[input.name] = Tensor(shape: [1, bytes.count], values: bytes.map(Double.init))
    for node in nodes {
      var result = try compute(node, try node.inputs.map { try #require(values[$0], "\($0) is computed later") })
      if output.type == 1 { result.values = result.values.map { Double(Float($0)) } }
      #expect(values.updateValue(result, forKey: node.outputs[0]) == nil, "\(node.outputs[0]) is computed twice")
    }
    return try #require(values[output.name]).values
  }

  private func compute(_ node: Node, _ inputs: [Tensor]) throws -> Tensor {
    let first = inputs[0]
    func map(_ function: (Double) -> Double) -> Tensor {
      Tensor(shape: first.shape, values: first.values.map(function))
    }
    func combine(_ function: (Double, Double) -> Double) -> Tensor {
      let second = inputs[1].values
      return Tensor(
        shape: first.shape, values: first.values.enumerated().map { function($1, second[$0 % second.count]) })
    }
    switch node.operatorName {
    case "Cast": return first
    case "Flatten": return Tensor(shape: [1, first.values.count], values: first.values)
    case "Sub": return combine(-)
    case "Div": return combine(/)
    case "Mul": return combine(*)
    case "Max": return combine(max)
    case "Neg": return map(-)
    case "Relu": return map { max($0, 0) }
    case "Tanh": return map(tanh)
    case "Sigmoid": return map { 1 / (1 + exp(-$0)) }
    case "Softmax":
      let powers = first.values.map { exp($0 - (first.values.max() ?? 0)) }
      return Tensor(shape: first.shape, values: powers.map { $0 / powers.reduce(0, +) })
    case "Concat": return Tensor(shape: [1, 2], values: inputs.flatMap(\.values))
    case "Gemm":
      try #require(node.attributes == ["transB": [1]])
      let (weights, bias) = (inputs[1], inputs[2].values)
      let (units, columns) = (weights.shape[0], weights.shape[1])
      try #require(columns == first.values.count && units == bias.count)
      let sums = (0..<units).map { unit in
        (0..<columns).reduce(bias[unit]) { $0 + weights.values[unit * columns + $1] * first.values[$1] }
      }
      return Tensor(shape: [1, units], values: sums)
    default:
      Issue.record("unknown operator \(node.operatorName)")
      return first
    }
  }
}
