import PerceptIO

extension DataSource.Content {
  /// Returns the images with corrected labels, in the same order and splits. A correction is a label of the data or the
  /// name of a selected class; `emptyClasses` are labels of the data that no image has. Throws ``DatasetError`` if the
  /// data lacks an image or a label, an image has two different labels, or the data consists of IDX files.
  func corrected(
    by corrections: [LabelFile.Row], from path: String, classes: ClassSelection, emptyClasses: [String]
  ) throws -> DataSource.Content {
    guard case .files(let entries) = self else { throw DatasetError.fixedLabels(path: path) }
    let known = Set(entries.map(\.label)).union(emptyClasses)
    var labels: [String: (label: String, line: Int)] = [:]
    for (line, entry) in corrections {
      guard let label = known.contains(entry.label) ? entry.label : classes.label(of: entry.label) else {
        let reason = DatasetError.unknownClass(name: entry.label, available: known.sorted())
        throw DatasetError.malformedLine(path: path, line: line, problem: "\(reason)")
      }
      let file = try FileSystem.realPath(entry.file)
      if let other = labels[file], other.label != label {
        let problem = "\(entry.file) is labeled \"\(label)\" here, but \"\(other.label)\" on line \(other.line)"
        throw DatasetError.malformedLine(path: path, line: line, problem: problem)
      }
      labels[file] = (label, line)
    }
    let files = try entries.map { try FileSystem.realPath($0.file) }
    let unknown = Set(labels.keys).subtracting(files)
    if let first = unknown.min() {
      throw DatasetError.unknownImages(file: first, count: unknown.count, path: path)
    }
    return .files(
      zip(entries, files).map { entry, file in
        DataSource.Entry(file: entry.file, label: labels[file]?.label ?? entry.label, split: entry.split)
      })
  }
}

extension ClassSelection {
  /// Returns the first label whose class has this name; nil if there is none.
  fileprivate func label(of name: String) -> String? {
    if entries.isEmpty { return modelClasses?.first { $0 == name } }
    return entries.first { $0.name == name }?.label
  }
}
