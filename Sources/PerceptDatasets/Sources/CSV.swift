/// Comma-separated values as in RFC 4180: a quoted field may contain commas, line breaks, and doubled quotes. (The
/// maintained CSV packages depend on all of Foundation, which would double the startup time of a prediction.)
enum CSV {
  /// A row and the line on which it begins, counted from 1.
  struct Row: Equatable {
    let line: Int
    var fields: [String]
  }

  /// Returns the rows without blank lines. Blanks around fields are removed, but not those in quotes. If the first line
  /// contains no comma, the separator is a semicolon or a tab; in a `.tsv` file, it is a tab. Throws if a quoted field
  /// is not terminated. `path` is for error messages.
  static func rows(of text: String, path: String) throws -> [Row] {
    var reader = CSVReader(separator: separator(of: text, path: path))
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    while let scalar = next {
      next = scalars.next()
      if reader.read(scalar, before: next) { next = scalars.next() }
    }
    guard !reader.isQuoted else {
      throw DatasetError.malformedLine(path: path, line: reader.quoteLine, problem: "unterminated quote")
    }
    reader.endRow()
    return reader.rows
  }

  /// Returns the separator of the first line that is not blank.
  private static func separator(of text: String, path: String) -> Unicode.Scalar {
    var found: Set<Unicode.Scalar> = []
    var isQuoted = false
    for scalar in text.unicodeScalars {
      if scalar == "\"" { isQuoted.toggle() }
      if isQuoted { continue }
      if scalar != "\n", scalar != "\r" {
        found.insert(scalar)
      } else if !found.isEmpty {
        break
      }
    }
    let separators: [Unicode.Scalar] = path.lowercased().hasSuffix(".tsv") ? ["\t", ",", ";"] : [",", ";", "\t"]
    return separators.first { found.contains($0) } ?? ","
  }

  /// Returns `field`, quoted if it contains a comma, a quote, or a line break, or a blank at an end.
  static func quoted(_ field: String) -> String {
    let isPlain = !field.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) } && trimmed(field) == field
    return isPlain ? field : inQuotes(field)
  }

  /// Returns a text in double quotes, with those in the text doubled.
  static func inQuotes(_ text: String) -> String {
    var quoted = "\"".unicodeScalars
    for scalar in text.unicodeScalars {
      quoted.append(scalar)
      if scalar == "\"" { quoted.append(scalar) }
    }
    quoted.append("\"")
    return String(quoted)
  }
}

/// The state of reading a CSV text.
private struct CSVReader {
  let separator: Unicode.Scalar
  private(set) var rows: [CSV.Row] = []
  /// Whether the position is between quotes.
  private(set) var isQuoted = false
  /// The line of the last opening quote.
  private(set) var quoteLine = 1
  private var fields: [String] = []
  /// The text of the field, or that after the closing quote.
  private var field = ""
  /// The text between the quotes of the field, if it has any.
  private var quoted: String?
  private var line = 1
  private var firstLine = 1

  init(separator: Unicode.Scalar) { self.separator = separator }

  /// Reads one scalar. Returns whether this includes the next one, which is the second of two quotes.
  mutating func read(_ scalar: Unicode.Scalar, before next: Unicode.Scalar?) -> Bool {
    let isLineEnd = scalar == "\n" || (scalar == "\r" && next != "\n")
    if isLineEnd { line += 1 }
    switch scalar {
    case "\"" where isQuoted && next == "\"":
      field.unicodeScalars.append(scalar)
      return true
    case "\"" where isQuoted: (quoted, field, isQuoted) = (field, "", false)
    case "\"" where quoted == nil && trimmed(field).isEmpty: (field, isQuoted, quoteLine) = ("", true, line)
    case _ where isQuoted: field.unicodeScalars.append(scalar)
    case separator: endField()
    case _ where isLineEnd: endRow()
    case "\r": break  // part of the line end
    default: field.unicodeScalars.append(scalar)
    }
    return false
  }

  private mutating func endField() {
    fields.append((quoted ?? "") + trimmed(field))
    (field, quoted) = ("", nil)
  }

  mutating func endRow() {
    endField()
    if fields != [""] { rows.append(CSV.Row(line: firstLine, fields: fields)) }
    (fields, firstLine) = ([], line)
  }
}
