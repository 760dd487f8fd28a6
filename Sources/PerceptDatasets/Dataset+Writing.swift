import PerceptIO

extension Dataset {
  /// Writes which picture is in which part, as a CSV file of `file,label,split` that reads back as the same data with the
  /// same split. Paths below the CSV file's folder are written relative to it. No picture is moved.
  ///
  /// - Parameters:
  ///   - parts: the parts and what they are for.
  ///   - path: the CSV file.
  ///   - replacing: whether a file already there may be replaced.
  /// - Throws: ``FileError`` when it cannot be written.
  public static func writeSplit(_ parts: [(split: Split, dataset: Dataset)], to path: String, replacing: Bool) throws {
    let rows = try parts.flatMap { split, dataset in
      try dataset.examples.map { example in
        [
          try LabelFile.name(of: example.file, in: path), dataset.classNames[example.label], split.rawValue,
        ]
      }
    }
    let text = LabelFile.csv(header: ["file", "label", "split"], rows)
    try FileSystem.write(Array(text.utf8), to: path, replacing: replacing)
  }
}
