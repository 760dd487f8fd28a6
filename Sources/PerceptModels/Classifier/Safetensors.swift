import FoundationEssentials

/// A safetensors file (github.com/huggingface/safetensors): the length of the header in eight bytes, the header in
/// JSON, and the elements of all tensors, in little-endian order.
struct Safetensors: Equatable {
  /// The type of the elements in the file.
  enum ElementType: String {
    case float32 = "F32"
    case float64 = "F64"
    case uint32 = "U32"
    case uint8 = "U8"

    var size: Int {
      switch self {
      case .float64: 8
      case .float32, .uint32: 4
      case .uint8: 1
      }
    }

    var isFloat: Bool { self == .float32 || self == .float64 }
  }

  /// A tensor. Elements are converted to Float64 from the type in the file, but bytes are kept as they are.
  struct Tensor: Equatable {
    var shape: [Int]
    var values: [Double]
    var type = ElementType.float64
    /// The elements of the type ``ElementType/uint8``: a part of the file, which is not copied.
    var bytes: ArraySlice<UInt8> = []

    init(shape: [Int], values: [Double], type: ElementType = .float64) {
      (self.shape, self.values, self.type) = (shape, values, type)
    }

    /// Creates a list of bytes.
    init(bytes: ArraySlice<UInt8>) {
      self.init(shape: [bytes.count], values: [], type: .uint8)
      self.bytes = bytes
    }

    /// Creates a list of 32-bit numbers.
    init(keys: [UInt32]) {
      self.init(shape: [keys.count], values: keys.map(Double.init), type: .uint32)
    }
  }

  struct Malformed: Error {
    let problem: String
  }

  var metadata: [String: String]
  /// The tensors by their names. Tensors of other types than ``ElementType`` are not read.
  var tensors: [String: Tensor]

  /// Returns the content of the file. Keys are sorted and the header is padded to a multiple of eight bytes, so equal
  /// values have equal content.
  func encoded() throws -> [UInt8] {
    var header = Header(metadata: metadata, tensors: [:])
    var data: [UInt8] = []
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let begin = data.count
      tensor.append(to: &data)
      header.tensors[name] = TensorInfo(
        dtype: tensor.type.rawValue, shape: tensor.shape, data_offsets: [begin, data.count])
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = Array(try encoder.encode(header))
    json += Array(repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json + data
  }

  /// Decodes the header length from the first eight bytes; throws if it is implausible for a file of `size` bytes.
  static func headerLength(_ bytes: some Collection<UInt8>, fileSize size: Int) throws(Malformed) -> Int {
    guard bytes.count >= 8 else { throw Malformed(problem: "it has only \(bytes.count) bytes") }
    let length = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard (2...100_000_000).contains(length) else { throw Malformed(problem: "it is not a safetensors file") }
    guard Int(length) <= size - 8 else { throw Malformed(problem: "it is truncated in the header") }
    return Int(length)
  }

  init(metadata: [String: String], tensors: [String: Tensor]) {
    self.metadata = metadata
    self.tensors = tensors
  }

  /// Decodes the content of a file. All sizes and offsets are validated before elements are read.
  init(decoding bytes: [UInt8]) throws(Malformed) {
    let length = try Self.headerLength(bytes.prefix(8), fileSize: bytes.count)
    guard let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[8..<8 + length])) else {
      throw Malformed(problem: "its header is not valid safetensors JSON")
    }
    metadata = header.metadata
    tensors = [:]
    let data = bytes[(8 + length)...]
    for (name, info) in header.tensors.sorted(by: { $0.key < $1.key }) {
      tensors[name] = try info.tensor(named: name, in: data)
    }
    var end = 0
    for offsets in header.tensors.values.map(\.data_offsets).sorted(by: { ($0[0], $0[1]) < ($1[0], $1[1]) }) {
      guard offsets[0] == end else { throw Malformed(problem: "its tensors overlap or have gaps between them") }
      end = offsets[1]
    }
    guard data.count == end else {
      throw Malformed(problem: "it has \(data.count) bytes of tensor data, but its header describes \(end)")
    }
  }
}

extension Safetensors.Tensor {
  fileprivate func append(to data: inout [UInt8]) {
    data.append(contentsOf: bytes)
    data.reserveCapacity(data.count + type.size * values.count)
    for value in values {
      switch type {
      case .float64: withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
      case .float32: withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { data.append(contentsOf: $0) }
      case .uint32: withUnsafeBytes(of: UInt32(value).littleEndian) { data.append(contentsOf: $0) }
      case .uint8: break
      }
    }
  }
}

/// The JSON header: `__metadata__` is an object of strings, and every other key describes a tensor.
private struct Header: Codable {
  struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    static let metadata = Key(stringValue: "__metadata__")
  }

  var metadata: [String: String]
  var tensors: [String: TensorInfo]

  init(metadata: [String: String], tensors: [String: TensorInfo]) {
    self.metadata = metadata
    self.tensors = tensors
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    metadata = try container.decodeIfPresent([String: String].self, forKey: .metadata) ?? [:]
    tensors = [:]
    for key in container.allKeys where key.stringValue != Key.metadata.stringValue {
      tensors[key.stringValue] = try container.decode(TensorInfo.self, forKey: key)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(metadata, forKey: .metadata)
    for (name, info) in tensors { try container.encode(info, forKey: Key(stringValue: name)) }
  }
}

private struct TensorInfo: Codable {
  let dtype: String
  let shape: [Int]
  let data_offsets: [Int]

  /// Returns the tensor; nil if it has a type that is not read. Its offsets are checked in either case.
  func tensor(named name: String, in data: ArraySlice<UInt8>) throws(Safetensors.Malformed) -> Safetensors.Tensor? {
    let type = Safetensors.ElementType(rawValue: dtype)
    var expected = type?.size ?? 1
    for side in shape {
      let (product, overflow) = expected.multipliedReportingOverflow(by: side)
      guard side >= 0, !overflow else { throw .init(problem: "tensor \(name) has an invalid shape") }
      expected = product
    }
    guard data_offsets.count == 2, data_offsets[0] >= 0, data_offsets[0] <= data_offsets[1],
      type == nil || data_offsets[1] - data_offsets[0] == expected
    else { throw .init(problem: "the offsets of tensor \(name) do not match its shape") }
    guard data_offsets[1] <= data.count else {
      throw .init(problem: "it is truncated: tensor \(name) extends past the end of the file")
    }
    let bytes = data[(data.startIndex + data_offsets[0])..<(data.startIndex + data_offsets[1])]
    if type == .uint8 {
      var tensor = Safetensors.Tensor(bytes: bytes)
      tensor.shape = shape
      return tensor
    }
    return type.map { Safetensors.Tensor(shape: shape, values: values(of: bytes, $0), type: $0) }
  }

  private func values(of bytes: ArraySlice<UInt8>, _ type: Safetensors.ElementType) -> [Double] {
    bytes.withUnsafeBytes { raw in
      func word(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
      }
      return stride(from: 0, to: raw.count, by: type.size).map { offset in
        switch type {
        case .float64:
          Double(bitPattern: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
        case .float32: Double(Float(bitPattern: word(offset)))
        case .uint32: Double(word(offset))
        case .uint8: 0
        }
      }
    }
  }
}
