/// Comma-separated values as RFC 4180 describes them: quotes around a field protect commas, line breaks and, doubled,
/// quotes. (The kept CSV packages bring in all of Foundation, which would double the start-up time of a prediction.)
enum CSV {
  /// A row and the line that it begins on, from 1.
  struct Row: Equatable {
    let line: Int
    var fields: [String]
  }

  /// The rows of `text`, blank lines left out.
  ///
  /// - Throws: ``DatasetError`` where a quote is never closed.
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
      throw DatasetError.malformedLine(path: path, line: quoteLine, problem: "a quote that is never closed")
    }
    endRow()
    return rows
  }

  /// `field`, quoted where it must be.
  static func quoted(_ field: String) -> String {
    guard field.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
