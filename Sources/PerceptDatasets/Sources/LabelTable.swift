import FoundationEssentials
import PerceptIO
import PerceptImages

/// The content of a label file: rows of fields and, if the file has them, the names of the columns.
struct LabelTable {
  let path: String
  let isJSON: Bool
  /// The line and the names of the columns; for JSON Lines, the keys of all objects.
  let header: CSV.Row?
  let rows: [CSV.Row]

  /// Reads a label file. Throws ``DatasetError`` if it is no text in UTF-8, or a line is malformed.
  init(_ path: String) throws {
    let text = try TextFile.read(path)
    self.path = path
    isJSON =
      [".jsonl", ".ndjson", ".json"].contains { path.lowercased().hasSuffix($0) }
      || text.first { !$0.isWhitespace } == "{"
    (header, rows) = try isJSON ? Self.jsonLines(text, path: path) : Self.csv(text, path: path)
  }

  /// Returns the field of a row; empty if the row has too few fields.
  static func field(_ index: Int, of row: CSV.Row) -> String {
    index < row.fields.count ? row.fields[index] : ""
  }

  private static func csv(_ text: String, path: String) throws -> (header: CSV.Row?, rows: [CSV.Row]) {
    let rows = try CSV.rows(of: text, path: path)
    guard let first = rows.first else { return (nil, []) }
    let folder = FileSystem.folder(of: path)
    func containsFile(_ row: CSV.Row) -> Bool {
      row.fields.contains { hasImageExtension($0) || FileSystem.kind(of: FileSystem.path(folder, $0)) == .file }
    }
    let isHeader =
      switch LabelColumns.namedColumns(in: first.fields) {
      case (.some, .some): true
      case (nil, nil): !containsFile(first) && rows.count > 1 && containsFile(rows[1])
      default: !containsFile(first)
      }
    return isHeader ? (first, Array(rows.dropFirst())) : (nil, rows)
  }

  private static func hasImageExtension(_ name: String) -> Bool {
    ImageFormat.fileExtensions.contains { name.lowercased().hasSuffix($0) }
  }

  /// The problem of a line that does not have the file and the label of an image as JSON.
  static let expectedObject = #"expected {"file": "…", "label": "…"}"#

  /// A JSON value as the text of a field: empty for null, fractions, arrays, and objects.
  private struct Field: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self.text = text
      } else if let flag = try? container.decode(Bool.self) {
        text = "\(flag)"
      } else {
        text = (try? container.decode(Int.self)).map { "\($0)" } ?? ""
      }
    }
  }

  private static func jsonLines(_ text: String, path: String) throws -> (header: CSV.Row?, rows: [CSV.Row]) {
    let decoder = JSONDecoder()
    var objects: [(line: Int, fields: [String: Field])] = []
    let end = UInt8(ascii: text.utf8.contains(UInt8(ascii: "\n")) ? "\n" : "\r")
    for (index, line) in text.utf8.split(separator: end, omittingEmptySubsequences: false).enumerated() {
      if line.allSatisfy({ $0 == UInt8(ascii: " ") || (9...13).contains($0) }) { continue }
      guard let fields = try? decoder.decode([String: Field].self, from: Data(line)) else {
        throw DatasetError.malformedLine(path: path, line: index + 1, problem: expectedObject)
      }
      objects.append((index + 1, fields))
    }
    let keys = objects.reduce(into: Set<String>()) { $0.formUnion($1.fields.keys) }.sorted()
    // A table of lines with different keys would have far more fields than the file has bytes.
    guard keys.count * objects.count <= max(text.utf8.count, 1 << 20) else {
      throw DatasetError.malformedLine(
        path: path, line: objects[0].line,
        problem: "the lines have \(keys.count) different keys; list all images with the same keys")
    }
    let rows = objects.map { object in
      CSV.Row(line: object.line, fields: keys.map { object.fields[$0]?.text ?? "" })
    }
    return (CSV.Row(line: rows.first?.line ?? 1, fields: keys), rows)
  }
}
