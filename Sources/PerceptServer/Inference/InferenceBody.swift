import FoundationEssentials
import HTTPTypes
import Hummingbird

/// The body of an inference request: JSON, followed by the binary tensor data.
struct InferenceBody {
  /// The largest number of JSON values in a request. Each takes about 60 bytes of memory.
  static let largestValueCount = 2 << 20

  let request: InferenceRequest
  let binary: ArraySlice<UInt8>

  /// Throws ``RequestError`` if the body is invalid. `headerLength` is the length of its JSON, or nil for all of it.
  init(_ bytes: [UInt8], headerLength: String?) throws {
    var length = bytes.count
    if let headerLength {
      guard let value = Int(headerLength), (0...bytes.count).contains(value) else {
        throw RequestError(
          .badRequest,
          "\(HTTPFields.jsonLengthName) must be from 0 to \(bytes.count), the length of the body (got \(headerLength))")
      }
      length = value
    }
    guard bytes[..<length].count(where: { $0 == UInt8(ascii: ",") }) < Self.largestValueCount else {
      throw RequestError(
        .contentTooLarge,
        "the JSON must have ≤ \(Self.largestValueCount) values; send tensors as binary data")
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
      "\(context.codingPath.text) has the wrong type"
    default: "the body is not a JSON object with the keys of an inference request; see /openapi.json"
    }
  }
}

extension HTTPFields {
  static let jsonLengthName = "Inference-Header-Content-Length"

  var jsonLength: String? {
    get { HTTPField.Name(Self.jsonLengthName).flatMap { self[$0] } }
    set { if let name = HTTPField.Name(Self.jsonLengthName) { self[name] = newValue } }
  }
}
