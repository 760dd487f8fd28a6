/// A JSON object of texts and numbers on one line, its keys in the order of writing. A log and predictions have thousands a
/// second, for which an encoder that can do anything takes too long.
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
  mutating func set(_ key: String, _ number: Int) {
    begin(key)
    members += number.description
  }

  /// Adds a finite number, as `JSONEncoder` writes it.
  mutating func set(_ key: String, _ number: Double) {
    begin(key)
    let digits = number.description
    members += digits.utf8.suffix(2).elementsEqual(".0".utf8) ? String(digits.dropLast(2)) : digits
  }

  /// Adds an object.
  mutating func set(_ key: String, _ object: JSONLine) {
    begin(key)
    members += object.text
  }

  private mutating func begin(_ key: String) {
    if members.utf8.count > 1 { members += "," }
    quote(key)
    members += ":"
  }

  private mutating func quote(_ text: String) {
    members += "\""
    if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      members += text
    } else {
      for scalar in text.unicodeScalars { escape(scalar) }
    }
    members += "\""
  }

  private mutating func escape(_ scalar: Unicode.Scalar) {
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
}
