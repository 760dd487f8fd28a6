import PerceptIO

/// What a person decided about an image, in the column `decision` of a file of corrections.
package enum LabelDecision: String, Sendable, Hashable, CaseIterable {
  /// The label was wrong. The column `label` has the right one.
  case relabel
  /// The image does not belong to the data.
  case leaveOut = "leave-out"
  /// The label was looked at and is right.
  case keep
}

/// A file of corrections that the studio reads and writes: a label file for `--labels` with the column `decision`.
package struct CorrectionsFile: Sendable {
  /// One decision about an image.
  package struct Row: Sendable, Hashable {
    package let file: String
    package let label: String
    package let decision: LabelDecision

    package init(file: String, label: String, decision: LabelDecision) {
      (self.file, self.label, self.decision) = (file, label, decision)
    }
  }

  /// The decisions, by the real path of the image.
  package let rows: [Row]
  /// How the test split was drawn, and the split of each image by its real path; nil if the data has splits of its own.
  package let drawn: (draw: SplitDraw, splits: [String: Split])?

  /// Reads a file. Throws ``DatasetError`` if it has other content, so that the studio never replaces it.
  package init(_ path: String) throws {
    let table = try LabelTable(path)
    guard table.header?.fields.contains(LabelFile.decisionColumn) == true else {
      throw DatasetError.malformedLine(
        path: path, line: 1,
        problem:
          "the column \"\(LabelFile.decisionColumn)\" is missing, so this is no file of corrections, and is not replaced; "
          + "name another file, or pass this one with --labels")
    }
    guard !table.rows.isEmpty else {
      (rows, drawn) = ([], nil)
      return
    }
    let content = try LabelFile.read(path)
    var splits: [String: Split] = [:]
    for row in content.rows { splits[try FileSystem.realPath(row.entry.file)] = row.entry.split }
    drawn = content.draw.map { ($0, splits) }
    rows = try content.rows.compactMap { line, entry, text in
      if text.isEmpty { return nil }
      guard let decision = LabelDecision(rawValue: text) else {
        throw DatasetError.malformedLine(path: path, line: line, problem: "unknown decision \"\(text)\"")
      }
      return Row(file: try FileSystem.realPath(entry.file), label: entry.label, decision: decision)
    }
  }

  /// Returns the content of a file of corrections at `path`: the decisions and, if the test split was drawn, the splits of all
  /// images of `splits`, so that a correction does not move other images to another split. `decisions` are by the file of the
  /// image, with the name of its class.
  package static func csv(
    _ decisions: [(example: Example, label: String, decision: LabelDecision)], of splits: DatasetSplits, at path: String
  ) throws -> String {
    guard let draw = splits.draw else {
      let rows = try decisions.map { decision in
        [try LabelFile.name(of: decision.example.file, in: path), decision.label, decision.decision.rawValue]
      }
      return LabelFile.csv(header: ["file", "label", LabelFile.decisionColumn], rows)
    }
    let decided = Dictionary(decisions.map { ($0.example.file, ($0.label, $0.decision)) }) { first, _ in first }
    let names = splits.training.classNames
    let all = splits.inOrder.flatMap { split, dataset in dataset.examples.map { (split, $0) } } + splits.copies
    let rows = try all.map { split, example in
      let decision = decided[example.file]
      return [
        try LabelFile.name(of: example.file, in: path), decision?.0 ?? names[example.label], split.rawValue,
        decision?.1.rawValue ?? "", draw.text,
      ]
    }
    return LabelFile.csv(
      header: ["file", "label", "split", LabelFile.decisionColumn, LabelFile.drawColumn], rows)
  }
}
