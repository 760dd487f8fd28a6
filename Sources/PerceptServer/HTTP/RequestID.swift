import HTTPTypes
import Hummingbird

/// The identifier of a request, which links its log lines across proxies and servers.
enum RequestID {
  // The name is valid, so the fallback is never used.
  static let header = HTTPField.Name("X-Request-Id") ?? .server

  /// Returns the header's identifier if valid (1 to 128 ASCII letters, digits, `.`, `_` and `-`), otherwise a new one.
  static func of(_ request: Request) -> String {
    if let given = request.headers[header], (1...128).contains(given.utf8.count), given.utf8.allSatisfy(isAllowed) {
      return given
    }
    return new()
  }

  static func new() -> String {
    let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
