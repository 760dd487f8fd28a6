import FoundationEssentials
import HTTPTypes
import Hummingbird

/// The body of an inference request: JSON, and behind it what of its tensors comes as bytes.
struct InferenceBody {
  /// The values of JSON that are read; each takes some sixty bytes of memory.
  static let largestValueCount = 2 << 20

  let request: InferenceRequest
  let binary: ArraySlice<UInt8>

  /// Reads a body.
  ///
  /// - Parameters:
  ///   - bytes: all of it.
  ///   - headerLength: the header that says how many bytes the JSON takes; without it all of them.
  /// - Throws: ``RequestError`` that names what is wrong with it.
  init(_ bytes: [UInt8], headerLength: String?) throws {
    var length = bytes.count
    if let headerLength {
      guard let value = Int(headerLength), (0...bytes.count).contains(value) else {
        throw RequestError(
          .badRequest,
          "\(HTTPFields.jsonLengthName) is \(headerLength), but the body has \(bytes.count) bytes")
      }
      length = value
    }
    guard bytes[..<length].count(where: { $0 == UInt8(ascii: ",") }) < Self.largestValueCount else {
      throw RequestError(
        .contentTooLarge,
        "the JSON has more than the limit of \(Self.largestValueCount) values; send tensors as binary data")
    }
    binary = bytes[length...]
    do {
      request = try JSONDecoder().decode(InferenceRequest.self, from: Data(bytes[..<length]))
    } catch let error as DecodingError {
      throw RequestError(.badRequest, Self.reason(for: error))
    }
  }

  private static func reason(for error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context): "\((context.codingPath + [key]).text) is missing"
    case .typeMismatch(_, let context) where !context.codingPath.isEmpty,
      .valueNotFound(_, let context) where !context.codingPath.isEmpty,
      .dataCorrupted(let context) where !context.codingPath.isEmpty:
      "\(context.codingPath.text) is of the wrong type"
    default: "the body is not the JSON object of an inference request"
    }
  }
}

extension HTTPFields {
  static let jsonLengthName = "Inference-Header-Content-Length"

  /// How many bytes of a body are JSON; the tensors follow as they are.
  var jsonLength: String? {
    get { HTTPField.Name(Self.jsonLengthName).flatMap { self[$0] } }
    set { if let name = HTTPField.Name(Self.jsonLengthName) { self[name] = newValue } }
  }
}
