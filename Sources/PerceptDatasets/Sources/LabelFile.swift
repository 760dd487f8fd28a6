package import PerceptIO
import PerceptImages

/// Label files: one image per line, as CSV or as JSON Lines.
package enum LabelFile {
  /// `decision` is the text of the column `decision`; empty if there is none.
  typealias Row = (line: Int, entry: DataSource.Entry, decision: String)

  /// The content of a label file: the images with their lines, how their test split was drawn if the file says so, and
  /// sentences about columns that look like splits but are not used.
  typealias Content = (rows: [Row], draw: SplitDraw?, warnings: [String])

  /// The name of the column that says how the test split was drawn.
  static let drawColumn = "draw"

  /// The name of the column that says what a person decided about an image, see ``LabelDecision``.
  static let decisionColumn = "decision"

  /// Returns the content of a label file. A CSV file has the columns `file,label` and optionally `split`. A header can
  /// name the columns differently and set another order, see ``LabelColumns`` and ``SplitColumn``. A JSON Lines file has
  /// one object per line with the same keys. Relative paths start at the label file's folder. Throws ``DatasetError``
  /// with the number of the line if the file is malformed.
  static func read(_ path: String) throws -> Content {
    let table = try LabelTable(path)
    guard !table.rows.isEmpty else {
      throw DatasetError.malformedLine(path: path, line: 1, problem: "no images listed")
    }
    let columns = try LabelColumns(of: table)
    let (splits, warnings) = try SplitColumn.splits(of: table, besides: columns)
    let decision = table.header?.fields.firstIndex(of: decisionColumn)
    let rows = try zip(table.rows, splits).map { row, split -> Row in
      let text = decision.map { LabelTable.field($0, of: row) } ?? ""
      return (row.line, try Self.entry(row, columns, split: split, path: path), text)
    }
    if let first = table.rows.first, rows.allSatisfy({ FileSystem.kind(of: $0.entry.file) == nil }) {
      try checkName(first.fields[columns.file], line: first.line, path: path)
    }
    return (rows, draw(of: table), warnings)
  }

  private static func draw(of table: LabelTable) -> SplitDraw? {
    guard let column = table.header?.fields.firstIndex(of: drawColumn), let first = table.rows.first else { return nil }
    let text = LabelTable.field(column, of: first)
    return table.rows.allSatisfy { LabelTable.field(column, of: $0) == text } ? SplitDraw(text) : nil
  }

  /// Returns a CSV text with a header and rows. With the columns `file` and `label`, ``read(_:)`` can read it.
  package static func csv(header: [String], _ rows: [[String]]) -> String {
    ([header] + rows).map { csvRow($0) + "\n" }.joined()
  }

  /// Returns a line of a CSV file, without its end.
  package static func csvRow(_ fields: [String]) -> String { fields.map(CSV.quoted).joined(separator: ",") }

  /// Returns the name of an image in a label file at `path`: relative to the label file's folder if the image is inside
  /// that folder, otherwise the absolute path.
  package static func name(of file: String, in path: String) throws(FileError) -> String {
    let folder = try FileSystem.absolutePath(FileSystem.folder(of: path)) + "/"
    let whole = try FileSystem.absolutePath(file)
    return whole.hasPrefix(folder) ? String(whole.dropFirst(folder.count)) : whole
  }

  private static func entry(
    _ row: CSV.Row, _ columns: LabelColumns, split: Split?, path: String
  ) throws -> DataSource.Entry {
    func malformed(_ problem: String) -> DatasetError { .malformedLine(path: path, line: row.line, problem: problem) }
    guard row.fields.count > max(columns.file, columns.label) else {
      throw malformed("expected the columns file,label")
    }
    let (file, label) = (row.fields[columns.file], row.fields[columns.label])
    guard !file.utf8.contains(0), !label.utf8.contains(0) else { throw malformed("file or label contains a zero byte") }
    guard !file.isEmpty, !label.isEmpty else { throw malformed("\(file.isEmpty ? "file" : "label") is empty") }
    let whole = FileSystem.path(FileSystem.folder(of: path), file)
    return DataSource.Entry(file: whole, label: label, split: split)
  }

  /// Throws if a file that does not exist would exist with a file extension, or in a folder beside the label file.
  private static func checkName(_ name: String, line: Int, path: String) throws {
    let folder = FileSystem.folder(of: path)
    let places = [""] + ((try? Folder(folder.isEmpty ? "." : folder))?.folders ?? [])
    let endings = [""] + ImageFormat.fileExtensions + ImageFormat.fileExtensions.map { $0.uppercased() }
    for place in places {
      let files = endings.map { FileSystem.path(folder, FileSystem.path(place, name + $0)) }
      guard let found = files.first(where: { FileSystem.kind(of: $0) == .file }) else { continue }
      throw DatasetError.malformedLine(
        path: path, line: line,
        problem: "no such file: \(FileSystem.path(folder, name)), but there is \(found); list files with their "
          + "extensions and relative to the folder of the label file")
    }
  }
}
