/// Comma-separated values as in RFC 4180: a quoted field may contain commas, line breaks, and doubled quotes. (The
/// maintained CSV packages depend on all of Foundation, which would double the startup time of a prediction.)
enum CSV {
  /// A row and the line on which it begins, counted from 1.
  struct Row: Equatable {
    let line: Int
    var fields: [String]
  }

  /// Returns the rows without blank lines. Throws if a quoted field is not terminated. `path` is for error messages.
  static func rows(of text: String, path: String) throws -> [Row] {
    var rows: [Row] = []
    var fields: [String] = []
    var field = ""
    var (line, firstLine, quoteLine) = (1, 1, 0)
    var isQuoted = false
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    func endRow() {
      fields.append(field)
      if fields != [""] { rows.append(Row(line: firstLine, fields: fields)) }
      (fields, field, firstLine) = ([], "", line)
    }
    while let scalar = next {
      next = scalars.next()
      if scalar == "\n" { line += 1 }
      switch scalar {
      case "\"" where isQuoted && next == "\"":
        field.unicodeScalars.append(scalar)
        next = scalars.next()
      case "\"" where isQuoted: isQuoted = false
      case "\"" where field.isEmpty: (isQuoted, quoteLine) = (true, line)
      case _ where isQuoted: field.unicodeScalars.append(scalar)
      case ",":
        fields.append(field)
        field = ""
      case "\r" where next == "\n": continue
      case "\n": endRow()
      default: field.unicodeScalars.append(scalar)
      }
    }
    guard !isQuoted else {
      throw DatasetError.malformedLine(path: path, line: quoteLine, problem: "unterminated quote")
    }
    endRow()
    return rows
  }

  /// Returns `field`, quoted if it contains a comma, a quote, or a line break.
  static func quoted(_ field: String) -> String {
    guard field.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
