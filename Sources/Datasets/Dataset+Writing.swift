import Files

extension Dataset {
  /// Writes which picture is in which part, as a CSV file of `file,label,split` that reads back as the same data with the
  /// same split. Paths below the CSV file's folder are written relative to it. No picture is moved.
  ///
  /// - Parameters:
  ///   - parts: the parts and what they are for.
  ///   - path: the CSV file.
  ///   - replacing: whether a file already there may be replaced.
  /// - Throws: ``FileError`` when it cannot be written.
  public static func writeSplit(_ parts: [(part: Part, dataset: Dataset)], to path: String, replacing: Bool) throws {
    let folder = try Files.absolutePath(Files.folder(of: path)) + "/"
    let rows = try parts.flatMap { part, dataset in
      try dataset.examples.map { example in
        let whole = try Files.absolutePath(example.file)
        let file = whole.hasPrefix(folder) ? String(whole.dropFirst(folder.count)) : whole
        return (file: file, label: dataset.classNames[example.label], split: part.rawValue)
      }
    }
    try Files.write(Array(LabelFile.csv(rows).utf8), to: path, replacing: replacing)
  }
}
