import FoundationEssentials
import HTTPTypes
import PerceptFeatures
import PerceptImages
import PerceptModels

enum InputImages {
  /// Encoded images (JPEG, PNG, …) of any size.
  case encoded([[UInt8]])
  /// The samples of all images, one image after the other.
  case samples([UInt8])

  /// The name of the only input of every model.
  static let inputName = "picture"

  /// Reads the only input of a request, or throws ``RequestError`` if it is invalid.
  init(_ body: InferenceBody, for classifier: Classifier, limits: ServerLimits) throws {
    guard let input = body.request.inputs.first, body.request.inputs.count == 1, input.name == Self.inputName else {
      throw RequestError(.badRequest, "inputs must contain exactly one input, named \"\(Self.inputName)\"")
    }
    try Self.check(input, classifier, limits)
    let bytes = try Self.binary(of: input, in: body)
    switch (input.datatype, input.data) {
    case (.bytes, .texts(let texts)): self = .encoded(try Self.decoded(texts))
    case (.bytes, _): self = .encoded(try Self.elements(bytes, count: input.shape[0]))
    case (.uint8, .numbers(let numbers)): self = .samples(try Self.samples(numbers, upTo: 255))
    case (.uint8, _): self = .samples(Array(bytes))
    case (.fp32, .numbers(let numbers)): self = .samples(try Self.samples(numbers, upTo: 1))
    case (.fp32, _): self = .samples(try Self.samples(Self.floats(bytes), upTo: 1))
    }
  }

  private static func check(_ input: InferenceRequest.Input, _ classifier: Classifier, _ limits: ServerLimits) throws {
    let preprocessing = classifier.preprocessing
    let size = [preprocessing.size.height, preprocessing.size.width, preprocessing.color.channelCount]
    let tails = input.datatype == .bytes ? [[], [1]] : [size, [preprocessing.grid.sampleCount]]
    guard let count = input.shape.first, count > 0, tails.contains(Array(input.shape.dropFirst())),
      input.shape.elementCount != nil
    else {
      let wanted = tails.map { "[n\($0.map { ", \($0)" }.joined())]" }.joined(separator: " or ")
      throw RequestError(
        .badRequest, "the shape of \(input.datatype.rawValue) data must be \(wanted) (got \(input.shape))")
    }
    guard input.datatype != .bytes || count <= limits.imagesPerRequest else {
      throw RequestError(
        .contentTooLarge, "\(count) images exceed the limit of \(limits.imagesPerRequest) per request; send fewer")
    }
  }

  /// Returns the binary data of an input, which are all bytes after the JSON.
  private static func binary(of input: InferenceRequest.Input, in body: InferenceBody) throws -> ArraySlice<UInt8> {
    let size = input.parameters?.binaryDataSize ?? 0
    guard size == body.binary.count else {
      let header = HTTPFields.jsonLengthName
      throw RequestError(
        .badRequest,
        "binary_data_size is \(size), but \(body.binary.count) bytes follow the JSON; correct it or \(header)")
    }
    guard (input.data == nil) == (input.parameters?.binaryDataSize != nil) else {
      throw RequestError(.badRequest, "an input must have either data or the parameter binary_data_size, and not both")
    }
    let width = input.datatype == .fp32 ? 4 : 1
    guard input.data != nil || input.datatype == .bytes || input.shape.elementCount == size / width && size % width == 0
    else {
      throw RequestError(
        .badRequest, "\(size) bytes do not match \(input.datatype.rawValue) data of shape \(input.shape)")
    }
    return body.binary
  }

  private static func decoded(_ texts: [String]) throws -> [[UInt8]] {
    try texts.enumerated().map { index, text in
      guard let data = Data(base64Encoded: text) else {
        throw RequestError(.badRequest, "image \(index) is not valid base64; BYTES data in JSON must be base64")
      }
      return Array(data)
    }
  }

  /// Splits binary data into elements. A length of four bytes, little-endian, precedes each element.
  private static func elements(_ bytes: ArraySlice<UInt8>, count: Int) throws -> [[UInt8]] {
    var (elements, rest) = ([[UInt8]](), bytes)
    while rest.count >= 4 {
      let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      guard length <= rest.count - 4 else { break }
      elements.append(Array(rest.dropFirst(4).prefix(length)))
      rest = rest.dropFirst(4 + length)
    }
    guard rest.isEmpty, elements.count == count else {
      throw RequestError(
        .badRequest,
        "the binary data must be \(count) elements, each preceded by its length (4 bytes, little-endian)")
    }
    return elements
  }

  private static func floats(_ bytes: ArraySlice<UInt8>) -> [Double] {
    bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map { offset in
        Double(
          Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))))
      }
    }
  }

  /// Converts numbers to bytes: from 0 to 1, multiplied by 255 and rounded to nearest; from 0 to 255, integers only.
  private static func samples(_ numbers: [Double], upTo largest: Double) throws -> [UInt8] {
    try numbers.enumerated().map { index, number in
      guard number >= 0, number <= largest, largest == 1 || number == number.rounded() else {
        let kind = largest == 1 ? "FP32 values must be from 0 to 1" : "UINT8 values must be integers from 0 to 255"
        throw RequestError(.badRequest, "value \(index) is \(number); \(kind)")
      }
      return UInt8((number * 255 / largest).rounded())
    }
  }
}
