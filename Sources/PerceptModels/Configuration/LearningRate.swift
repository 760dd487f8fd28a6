/// The learning rate α: the step size of an update.
public enum LearningRate: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The given α.
  case fixed(Double)
  /// α = 1/L, where L is an upper bound for the curvature of the cost on the scaled features; 0.001 for Adam and AdamW.
  /// Centering the features of photos divides L by 5 to 260, so the cost decreases much faster.
  case automatic

  /// Creates a fixed rate from a literal.
  public init(floatLiteral value: Double) { self = .fixed(value) }

  /// Creates a fixed rate from an integer literal.
  public init(integerLiteral value: Int) { self = .fixed(Double(value)) }
}

extension LearningRate: TextCodable {
  package static let expectation = "auto or a number > 0"

  /// Creates a rate from `auto` or a positive number; returns nil for any other text.
  public init?(_ description: String) {
    if description == "auto" {
      self = .automatic
    } else {
      guard let rate = Double(description), rate > 0, rate.isFinite else { return nil }
      self = .fixed(rate)
    }
  }

  /// `auto`, or the number.
  public var description: String {
    switch self {
    case .automatic: "auto"
    case .fixed(let rate): "\(rate)"
    }
  }

  /// Decodes a rate from `"auto"` or a JSON number.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let rate = (try? container.decode(Double.self)).map { "\($0)" }
    guard let value = try Self(rate ?? container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be \(Self.expectation)")
    }
    self = value
  }

  /// Encodes `"auto"`, or the number.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .automatic: try container.encode(description)
    case .fixed(let rate): try container.encode(rate)
    }
  }
}
