extension Unicode.Scalar {
  /// Whether a terminal could be misled by this scalar: control characters (which can move the cursor), line and
  /// paragraph separators, controls of the writing direction, and other invisible format characters. The joiners
  /// U+200C and U+200D are safe: several scripts and emoji need them.
  package var isUnsafeOnTerminal: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    case .format: properties.isDefaultIgnorableCodePoint && self != "\u{200C}" && self != "\u{200D}"
    default: false
    }
  }

  /// The escape in a JSON string: `\u0085`. Above U+FFFF, a surrogate pair.
  package var jsonEscape: String {
    String(self).utf16.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}

/// Returns JSON without line breaks and indentation, with scalars that are unsafe on a terminal escaped (see
/// `isUnsafeOnTerminal`). The value stays the same, because such scalars occur only in strings.
package func terminalSafe(json: [UInt8]) -> [UInt8] {
  guard json.contains(where: { !(0x20..<0x7F).contains($0) }) else { return json }
  var safe = ""
  for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
    if scalar.isUnsafeOnTerminal { safe += scalar.jsonEscape } else { safe.unicodeScalars.append(scalar) }
  }
  return Array(safe.utf8)
}
