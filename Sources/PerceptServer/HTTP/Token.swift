import HTTPTypes

/// What those who ask must show: `Authorization: Bearer …` (RFC 6750).
package struct Token: Sendable {
  private let bytes: [UInt8]

  /// A token; nil where a header could not carry it: it is visible ASCII, at least one character.
  package init?(_ text: String) {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    bytes = Array(text.utf8)
  }

  /// Whether a request with these headers shows it.
  func admits(_ headers: HTTPFields) -> Bool {
    guard let header = headers[.authorization] else { return false }
    let words = header.split(separator: " ", maxSplits: 1)
    return words.count == 2 && words[0].lowercased() == "bearer" && isEqual(to: Array(words[1].utf8))
  }

  /// Takes a time that depends on what was shown alone, so that nobody learns the token by the clock.
  private func isEqual(to shown: [UInt8]) -> Bool {
    var difference = shown.count ^ bytes.count
    for i in shown.indices { difference |= Int(shown[i] ^ bytes[i % bytes.count]) }
    return difference == 0
  }
}
