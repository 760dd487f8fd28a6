/// A flat JSON object on one line, its keys in the order of writing. A log has thousands a second, for which an encoder that can
/// do anything takes too long.
struct JSONLine {
  private var members = "{"

  /// The object.
  var text: String { members + "}" }

  /// Adds a text; nil is left out.
  mutating func set(_ key: String, _ text: String?) {
    guard let text else { return }
    begin(key)
    quote(text)
  }

  /// Adds a number.
  mutating func set(_ key: String, _ number: some Numeric & CustomStringConvertible) {
    begin(key)
    members += number.description
  }

  private mutating func begin(_ key: String) {
    if members.utf8.count > 1 { members += "," }
    quote(key)
    members += ":"
  }

  private mutating func quote(_ text: String) {
    members += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        members += "\\"
        members.unicodeScalars.append(scalar)
      // Controls, also those that some terminals obey, and what ends lines elsewhere.
      case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        members += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: members.unicodeScalars.append(scalar)
      }
    }
    members += "\""
  }
}
