import PerceptIO

extension Dataset {
  /// Writes the split of every image to a CSV file with the columns `file,label,split`, from which the same examples
  /// and splits are loaded. Paths inside the CSV file's folder are relative to it, others absolute.
  package static func writeSplit(_ parts: [(split: Split, dataset: Dataset)], to path: String, replacing: Bool) throws {
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
