import PerceptIO

extension Dataset {
  /// Writes the split of every image to a CSV file with the columns `file,label,split`, from which the same examples
  /// and splits are loaded. If the test split was drawn, the column `draw` says how. Paths inside the CSV file's folder
  /// are relative to it, others absolute. A file that has this content already is not replaced.
  package static func writeSplit(_ splits: DatasetSplits, to path: String, replacing: Bool) throws {
    let draw = splits.draw
    let rows = try splits.inOrder.flatMap { split, dataset in
      try dataset.examples.map { example in
        [
          try LabelFile.name(of: example.file, in: path), dataset.classNames[example.label], split.rawValue,
        ] + [draw?.text].compactMap(\.self)
      }
    }
    let header = ["file", "label", "split"] + (draw == nil ? [] : [LabelFile.drawColumn])
    let bytes = Array(LabelFile.csv(header: header, rows).utf8)
    if FileSystem.kind(of: path) == .file, try FileSystem.read(path) == bytes { return }
    try FileSystem.write(bytes, to: path, replacing: replacing)
  }
}
