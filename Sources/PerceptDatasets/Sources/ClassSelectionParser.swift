/// Reads the text of a ``ClassSelection``, one entry after the other.
struct ClassSelectionParser {
  private let text: String
  private var rest: ArraySlice<Unicode.Scalar>

  init(_ text: String) {
    self.text = text
    rest = Array(text.unicodeScalars)[...]
  }

  /// Reads a label and, after an equals sign, a name; otherwise, the name is the label. Throws ``DatasetError`` if a
  /// quote is not terminated, or other text than a separator follows it.
  mutating func entry() throws -> ClassSelection.Entry {
    let label = try field(endingAt: [",", "="])
    return ClassSelection.Entry(label: label, name: try skip("=") ? field(endingAt: [","]) : label)
  }

  /// Reads a separator. Returns false if the next character is another one.
  mutating func skip(_ separator: Unicode.Scalar) -> Bool {
    guard rest.first == separator else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func field(endingAt ends: Set<Unicode.Scalar>) throws -> String {
    skipBlanks()
    if skip("\"") { return try quotedField(endingAt: ends) }
    var field = String.UnicodeScalarView()
    var kept = 0  // the number of scalars up to the last one that a backslash protects
    while let next = rest.first, !ends.contains(next) {
      rest.removeFirst()
      if next == "\\", let escaped = rest.first, [",", "=", "\"", "\\", " ", "\t"].contains(escaped) {
        rest.removeFirst()
        field.append(escaped)
        kept = field.count
      } else {
        field.append(next)
      }
    }
    while field.count > kept, let last = field.last, last.isBlank { field.removeLast() }
    return String(field)
  }

  private mutating func quotedField(endingAt ends: Set<Unicode.Scalar>) throws -> String {
    var field = String.UnicodeScalarView()
    while !skip("\"") || rest.first == "\"" {
      guard let next = rest.popFirst() else {
        throw DatasetError.malformedSelection(text: text, problem: "a double quote is not terminated")
      }
      field.append(next)
    }
    skipBlanks()
    guard rest.first.map({ ends.contains($0) }) ?? true else {
      throw DatasetError.malformedSelection(text: text, problem: "after a name in double quotes, a comma must follow")
    }
    return String(field)
  }

  private mutating func skipBlanks() {
    rest = rest.drop { $0.isBlank }
  }
}
