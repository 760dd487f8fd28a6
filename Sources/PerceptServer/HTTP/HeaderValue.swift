/// A header field value with parameters, such as `form-data; name="image"; filename="cat.jpg"`.
package struct HeaderValue {
  /// The value before the parameters, in lower case.
  package let name: String
  /// The parameters: names in lower case, values without quotes. If a name occurs twice, its first value is used.
  package let parameters: [String: String]

  package init(_ text: String) {
    var pieces = Self.pieces(of: text)
    name = Self.trimmed(pieces.removeFirst()).lowercased()
    let pairs = pieces.compactMap { piece -> (String, String)? in
      guard let equals = piece.firstIndex(of: "=") else { return nil }
      let value = Self.trimmed(piece[piece.index(after: equals)...])
      return (Self.trimmed(piece[..<equals]).lowercased(), Self.unquoted(value))
    }
    parameters = Dictionary(pairs) { first, _ in first }
  }

  /// Splits a text at the semicolons outside quotes. Returns at least one piece.
  private static func pieces(of text: String) -> [Substring] {
    var (pieces, start) = ([Substring](), text.startIndex)
    var (isQuoted, isEscaped) = (false, false)
    for index in text.indices {
      if isEscaped {
        isEscaped = false
      } else if isQuoted, text[index] == "\\" {
        isEscaped = true
      } else if text[index] == "\"" {
        isQuoted.toggle()
      } else if text[index] == ";", !isQuoted {
        pieces.append(text[start..<index])
        start = text.index(after: index)
      }
    }
    return pieces + [text[start...]]
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let isSpace = { (character: Character) in character == " " || character == "\t" }
    var rest = text.drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return rest
  }

  private static func unquoted(_ text: Substring) -> String {
    guard text.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
    var (result, isEscaped) = ("", false)
    for character in text.dropFirst().dropLast() {
      if character == "\\", !isEscaped {
        isEscaped = true
      } else {
        result.append(character)
        isEscaped = false
      }
    }
    return result
  }
}
