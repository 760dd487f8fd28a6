import PerceptIO

/// A JSON object on one line, with keys in the order set. `JSONEncoder` is too slow for thousands of lines per second.
struct JSONLine {
  private var members = "{"

  var text: String { members + "}" }

  /// Adds nothing if the text is nil.
  mutating func set(_ key: String, _ text: String?) {
    guard let text else { return }
    begin(key)
    quote(text)
  }

  mutating func set(_ key: String, _ number: Int) {
    begin(key)
    members += number.description
  }

  /// Adds a finite number in the format of `JSONEncoder`.
  mutating func set(_ key: String, _ number: Double) {
    begin(key)
    let digits = number.description
    members += digits.utf8.suffix(2).elementsEqual(".0".utf8) ? String(digits.dropLast(2)) : digits
  }

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
    case _ where scalar.isUnsafeOnTerminal: members += scalar.jsonEscape
    default: members.unicodeScalars.append(scalar)
    }
  }
}
