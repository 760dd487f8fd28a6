import HTTPTypes
import Hummingbird

/// The word by which a request is found again in the logs of all that it passed through.
enum RequestID {
  // Every character of it is one of a header's name.
  static let header = HTTPField.Name("X-Request-Id") ?? .server

  /// The one that a request brings, where it is sane (1 to 128 letters, digits and `.`, `_`, `-`), and else a new one.
  static func of(_ request: Request) -> String {
    if let brought = request.headers[header], (1...128).contains(brought.utf8.count), brought.utf8.allSatisfy(isSane) {
      return brought
    }
    return new()
  }

  /// Sixteen random hexadecimal digits.
  static func new() -> String {
    let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func isSane(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
