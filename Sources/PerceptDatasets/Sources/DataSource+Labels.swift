import PerceptIO

extension DataSource.Content {
  /// Returns the images with corrected labels, in the same order, without those that a person decided to leave out. They keep
  /// their splits, unless Percept has drawn the splits in the file of corrections. A correction is a label of the data or the
  /// name of a selected class; `emptyClasses` are labels of the data that no image has. Throws ``DatasetError`` if the
  /// data lacks an image or a label, an image has two different labels, or the data consists of IDX files.
  func corrected(
    by corrections: LabelFile.Content, from path: String, classes: ClassSelection, emptyClasses: [String]
  ) throws -> DataSource.Content {
    guard case .files(let entries) = self else { throw DatasetError.fixedLabels(path: path) }
    let known = Set(entries.map(\.label)).union(emptyClasses)
    var labels: [String: (label: String, split: Split?, isLeftOut: Bool, line: Int)] = [:]
    for (line, entry, text) in corrections.rows {
      guard text.isEmpty || LabelDecision(rawValue: text) != nil else {
        let values = LabelDecision.allCases.map(\.rawValue).joined(separator: ", ")
        throw DatasetError.malformedLine(
          path: path, line: line, problem: "decision must be empty or one of \(values) (got \"\(text)\")")
      }
      guard let label = known.contains(entry.label) ? entry.label : classes.label(of: entry.label) else {
        let reason = DatasetError.unknownClass(name: entry.label, available: known.sorted())
        throw DatasetError.malformedLine(path: path, line: line, problem: "\(reason)")
      }
      let file = try FileSystem.realPath(entry.file)
      if let other = labels[file], other.label != label {
        let problem = "\(entry.file) is labeled \"\(label)\" here, but \"\(other.label)\" on line \(other.line)"
        throw DatasetError.malformedLine(path: path, line: line, problem: problem)
      }
      labels[file] = (label, corrections.draw == nil ? nil : entry.split, text == LabelDecision.leaveOut.rawValue, line)
    }
    let files = try entries.map { try FileSystem.realPath($0.file) }
    let unknown = Set(labels.keys).subtracting(files)
    if let first = unknown.min() {
      throw DatasetError.unknownImages(file: first, count: unknown.count, path: path)
    }
    return .files(
      zip(entries, files).compactMap { entry, file in
        guard let correction = labels[file] else {
          // An image that was added after the split was drawn is in no test split.
          return DataSource.Entry(
            file: entry.file, label: entry.label, split: entry.split ?? (corrections.draw == nil ? nil : .training))
        }
        return correction.isLeftOut
          ? nil : DataSource.Entry(file: entry.file, label: correction.label, split: correction.split ?? entry.split)
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
