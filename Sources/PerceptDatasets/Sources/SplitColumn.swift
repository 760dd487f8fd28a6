/// A column of a label file, other than that of the files and that of the labels, which may assign images to splits.
struct SplitColumn {
  let name: String
  private let index: Int
  private let table: LabelTable

  init(_ index: Int, named name: String, of table: LabelTable) {
    self.name = name
    self.index = index
    self.table = table
  }

  private func value(_ row: CSV.Row) -> String { trimmed(LabelTable.field(index, of: row)) }

  /// The different values.
  private var values: Set<String> { Set(table.rows.map(value)) }

  /// Whether a column of this name may contain splits: `subset`, `fold`, `is_valid`, or `train`.
  static func isNamedLikeSplit(_ name: String) -> Bool {
    names.contains(LabelColumns.normalized(name)) || flag(name) != nil || SplitName(name)?.isPlain == true
  }

  private static let names: Set<String> = [
    "split", "splits", "splitname", "subset", "set", "partition", "fold", "usage", "dataset", "datasplit",
    "datasetsplit", "traintest", "traintestsplit", "trainvaltest",
  ]

  /// The split of the images for which a column such as `is_valid` is true.
  private static func flag(_ name: String) -> Split? {
    let name = LabelColumns.normalized(name)
    guard name.hasPrefix("is"), let split = SplitName(name.dropFirst(2)), split.isPlain else { return nil }
    return split.split
  }

  var isNamedSplit: Bool { LabelColumns.normalized(name) == "split" }
  var isNamedLikeSplit: Bool { Self.isNamedLikeSplit(name) }
  /// The split of the images for which the value is true; nil if the name is not of that kind.
  var flag: Split? { Self.flag(name) }
  var isEmpty: Bool { table.rows.allSatisfy { value($0).isEmpty } }
  /// Whether at least one value names a split.
  var hasSplits: Bool { values.contains { SplitName($0) != nil } }

  /// Whether every value is the name of a split, and there are at least two splits.
  var hasOnlySplits: Bool {
    guard table.rows.allSatisfy({ SplitName(value($0))?.isPlain == true }) else { return false }
    return Set(values.compactMap { Split(named: $0) }).count >= 2
  }

  /// Returns the split that each value names; nil for all if all are empty. Throws ``DatasetError`` with the line of a
  /// value that names none, or is empty although others are not.
  func splits() throws -> [Split?] {
    if isEmpty { return table.rows.map { _ in nil } }
    return try table.rows.map { row -> Split? in
      let value = value(row)
      if let split = Split(named: value) { return split }
      throw malformed(
        row,
        value.isEmpty
          ? "\(name) is empty, but other lines have one; set it to train, val or test"
          : "\(name) must be train, val or test (got \"\(value)\")")
    }
  }

  /// Returns whether each value is true; empty is false. Throws ``DatasetError`` with the line of any other value.
  func flags() throws -> [Bool] {
    try table.rows.map { row -> Bool in
      switch value(row).lowercased() {
      case "true", "t", "yes", "y", "1", "1.0": return true
      case "false", "f", "no", "n", "0", "0.0", "": return false
      default: throw malformed(row, "\(name) must be true or false (got \"\(value(row))\")")
      }
    }
  }

  private func malformed(_ row: CSV.Row, _ problem: String) -> DatasetError {
    .malformedLine(path: table.path, line: row.line, problem: problem)
  }

  /// A sentence about a column that looks like that of the splits, but is not.
  var warning: String {
    "\(table.path): the column \"\(name)\" looks like a split but is not used, because its values "
      + "(\(listed(values.sorted()))) are not train, val or test."
  }
}

extension SplitColumn {
  /// Returns the split of each row of a label file, and sentences about columns that look like splits but are not used.
  /// The column is called `split`, or its values are the names of splits, or there are columns such as `is_valid`.
  /// Throws ``DatasetError`` with the line of a value that is not understood.
  static func splits(
    of table: LabelTable, besides columns: LabelColumns
  ) throws -> (splits: [Split?], warnings: [String]) {
    let names = table.header?.fields ?? ["file", "label", "split"]
    let others = names.indices.filter { $0 != columns.file && $0 != columns.label }
      .map { SplitColumn($0, named: names[$0], of: table) }
    let flags = others.filter { $0.flag != nil && !$0.isEmpty }
    let column =
      others.first { $0.isNamedSplit } ?? others.first { $0.isNamedLikeSplit && $0.hasSplits }
      ?? (flags.isEmpty ? others.first { $0.hasOnlySplits } : nil)
    if let column { return (try column.splits(), []) }
    if !flags.isEmpty { return (try splits(flaggedBy: flags, of: table), []) }
    let unused = others.filter { $0.isNamedLikeSplit && !$0.isEmpty }
    return (table.rows.map { _ in nil }, unused.map(\.warning))
  }

  /// Returns the split whose column is true. Where none is true, it is the training split or, if there is a column for
  /// that, the test split or, if there is one for that too, the validation split.
  private static func splits(flaggedBy columns: [SplitColumn], of table: LabelTable) throws -> [Split?] {
    let splits = columns.compactMap(\.flag)
    let rest: Split = !splits.contains(.training) ? .training : splits.contains(.test) ? .validation : .test
    let flags = try columns.map { try $0.flags() }
    return try table.rows.indices.map { row -> Split? in
      let chosen = Set(columns.indices.filter { flags[$0][row] }.map { splits[$0] })
      guard chosen.count <= 1 else {
        let names = columns.map(\.name).joined(separator: ", ")
        throw DatasetError.malformedLine(
          path: table.path, line: table.rows[row].line, problem: "only one of \(names) can be true")
      }
      return chosen.first ?? rest
    }
  }
}
