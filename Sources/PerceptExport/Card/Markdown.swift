import PerceptIO

/// Building blocks of a Markdown document with front matter in YAML.
enum Markdown {
  /// Text on one line, without any meaning of its characters in Markdown or HTML.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if character.isNewline {
        result += " "
      } else {
        if "\\`*_{}[]<>#|~&!".contains(character) { result += "\\" }
        result.append(character)
      }
    }
    return result
  }

  /// Text as code on one line.
  static func code(_ text: String) -> String {
    "`\(String(text.map { $0 == "`" ? "'" : $0.isNewline ? " " : $0 }))`"
  }

  /// A double-quoted YAML scalar.
  static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.isUnsafeOnTerminal:
        "\\U" + String(0x1_0000_0000 + UInt64(scalar.value), radix: 16).dropFirst()
      default: "\(scalar)"
      }
    }
    return "\"\(scalars.joined())\""
  }

  /// A table. The cells are Markdown.
  static func table(_ header: [String], _ rows: [[String]]) -> String {
    let lines = [header, header.map { _ in "---" }] + rows
    return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
  }
}
