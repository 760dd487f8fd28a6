import PerceptIO

extension DataSource.Content {
  /// The same pictures, some of them with other labels.
  ///
  /// - Parameters:
  ///   - corrections: files and their labels, as the data or a selection of classes calls them, and where that stands.
  ///   - path: the file that they are from.
  ///   - classes: which labels become classes, and under which names.
  ///   - emptyClasses: labels of the data that no picture has.
  /// - Returns: the pictures in the same order and parts.
  /// - Throws: ``DatasetError`` for a picture or a label that the data does not have, and for a picture with two labels.
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
        let problem = "\(entry.file) is \"\(label)\" here and \"\(other.label)\" in line \(other.line)"
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
  /// A label whose class has this name; nil where there is none.
  fileprivate func label(of name: String) -> String? {
    if entries.isEmpty { return modelClasses?.first { $0 == name } }
    return entries.first { $0.name == name }?.label
  }
}
