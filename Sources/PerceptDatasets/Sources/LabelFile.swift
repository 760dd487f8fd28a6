import FoundationEssentials
package import PerceptIO

/// Label files: one image per line, as CSV or as JSON Lines.
package enum LabelFile {
  typealias Row = (line: Int, entry: DataSource.Entry)

  /// Returns the images that a label file lists, with their lines. A CSV file has the columns `file,label` and
  /// optionally `split`. A header can name the columns and set another order; `filename`, `path`, and `image` also
  /// stand for `file`, and `class` for `label`. A JSON Lines file has one object per line with the keys `file`,
  /// `label`, and optionally `split`. Relative paths start at the label file's folder. Throws ``DatasetError`` with the
  /// number of the line if the file is malformed.
  static func rows(of path: String) throws -> [Row] {
    let bytes = try FileSystem.read(path)
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
      throw DatasetError.notData(path: path)
    }
    let body = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    let isJSON = path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson") || body.first { !$0.isWhitespace } == "{"
    let rows = isJSON ? try jsonLines(body, path: path) : try csv(body, path: path)
    guard !rows.isEmpty else { throw DatasetError.malformedLine(path: path, line: 1, problem: "no images listed") }
    if rows.contains(where: { $0.entry.split != nil }), let row = rows.first(where: { $0.entry.split == nil }) {
      throw DatasetError.malformedLine(
        path: path, line: row.line, problem: "split is empty, but other lines have one; set it to train, val or test")
    }
    return rows
  }

  /// Returns a CSV text with a header and rows. With the columns `file` and `label`, ``rows(of:)`` can read it.
  package static func csv(header: [String], _ rows: [[String]]) -> String {
    ([header] + rows).map { $0.map(CSV.quoted).joined(separator: ",") + "\n" }.joined()
  }

  /// Returns the name of an image in a label file at `path`: relative to the label file's folder if the image is inside
  /// that folder, otherwise the absolute path.
  package static func name(of file: String, in path: String) throws(FileError) -> String {
    let folder = try FileSystem.absolutePath(FileSystem.folder(of: path)) + "/"
    let whole = try FileSystem.absolutePath(file)
    return whole.hasPrefix(folder) ? String(whole.dropFirst(folder.count)) : whole
  }

  private static func csv(_ text: String, path: String) throws -> [Row] {
    var rows = try CSV.rows(of: text, path: path)[...]
    var columns = (file: 0, label: 1, split: 2)
    if let header = rows.first?.fields.map({ trimmed($0).lowercased() }),
      let file = header.firstIndex(where: ["file", "filename", "path", "image"].contains),
      let label = header.firstIndex(where: ["label", "class"].contains)
    {
      columns = (file, label, header.firstIndex(of: "split") ?? .max)
      rows = rows.dropFirst()
    }
    return try rows.map { row in
      guard row.fields.count > max(columns.file, columns.label) else {
        throw DatasetError.malformedLine(path: path, line: row.line, problem: "expected the columns file,label")
      }
      let split = columns.split < row.fields.count ? row.fields[columns.split] : nil
      return try Self.row(row.fields[columns.file], row.fields[columns.label], split, path: path, line: row.line)
    }
  }

  private struct JSONRow: Decodable {
    let file: String
    let label: String
    let split: String?
  }

  private static func jsonLines(_ text: String, path: String) throws -> [Row] {
    var rows: [Row] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if trimmed(line).isEmpty { continue }
      guard let row = try? JSONDecoder().decode(JSONRow.self, from: Data(line.utf8)) else {
        throw DatasetError.malformedLine(
          path: path, line: index + 1, problem: #"expected {"file": "…", "label": "…"}"#)
      }
      rows.append(try Self.row(row.file, row.label, row.split, path: path, line: index + 1))
    }
    return rows
  }

  private static func row(
    _ file: String, _ label: String, _ split: String?, path: String, line: Int
  ) throws -> Row {
    let (file, label, split) = (trimmed(file), trimmed(label), trimmed(split ?? ""))
    guard !file.utf8.contains(0), !label.utf8.contains(0) else {
      throw DatasetError.malformedLine(path: path, line: line, problem: "file or label contains a zero byte")
    }
    guard !file.isEmpty, !label.isEmpty else {
      throw DatasetError.malformedLine(path: path, line: line, problem: "\(file.isEmpty ? "file" : "label") is empty")
    }
    let known = Split(named: split)
    guard split.isEmpty || known != nil else {
      throw DatasetError.malformedLine(
        path: path, line: line, problem: "split must be train, val or test (got \"\(split)\")")
    }
    return (
      line, DataSource.Entry(file: FileSystem.path(FileSystem.folder(of: path), file), label: label, split: known)
    )
  }
}
