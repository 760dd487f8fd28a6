/// A value with one text form, which is the same in files, command-line flags and URLs. `init?(_:)` and `description`
/// are inverses. The text is a stable identifier, not a label: it never changes after a release.
package protocol TextCodable: LosslessStringConvertible, Codable {
  /// The valid texts, for error messages: "auto or a number > 0".
  static var expectation: String { get }
}

extension TextCodable {
  /// Decodes the value from a JSON string.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be \(Self.expectation)")
    }
    self = value
  }

  /// Encodes the text as a JSON string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
