import HTTPTypes

/// The bearer token that clients must send as `Authorization: Bearer …` (RFC 6750).
package struct Token: Sendable {
  private let bytes: [UInt8]

  /// Returns nil if the text is empty or has characters other than visible ASCII (0x21 to 0x7E).
  package init?(_ text: String) {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    bytes = Array(text.utf8)
  }

  func admits(_ headers: HTTPFields) -> Bool {
    guard let header = headers[.authorization] else { return false }
    let words = header.split(separator: " ", maxSplits: 1)
    return words.count == 2 && words[0].lowercased() == "bearer" && isEqual(to: Array(words[1].utf8))
  }

  /// Compares in a time that depends only on the length of `given`, which prevents timing attacks.
  private func isEqual(to given: [UInt8]) -> Bool {
    var difference = given.count ^ bytes.count
    for i in given.indices { difference |= Int(given[i] ^ bytes[i % bytes.count]) }
    return difference == 0
  }
}
