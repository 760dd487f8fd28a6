import PerceptDatasets
import PerceptIO

/// What people decided about images on the page, and the file that these decisions are written to.
struct Corrections: Sendable {
  /// What was decided about one image.
  enum Decision: Sendable, Hashable {
    /// The index of the right class.
    case relabel(Int)
    case leaveOut
    case keep

    init(_ name: LabelDecision, label: Int) {
      self =
        switch name {
        case .relabel: .relabel(label)
        case .leaveOut: .leaveOut
        case .keep: .keep
        }
    }

    var name: LabelDecision {
      switch self {
      case .relabel: .relabel
      case .leaveOut: .leaveOut
      case .keep: .keep
      }
    }

    /// The index of the right class; nil unless the label is wrong.
    var label: Int? { if case .relabel(let label) = self { label } else { nil } }
  }

  let path: String
  /// The decisions, by the file of the image.
  private(set) var decisions: [String: Decision] = [:]
  /// The content of the file as it was read or written last; nil if there is no file.
  private var written: [UInt8]?

  /// Takes the decisions about the images of a dataset from the content of the file; nil if there is no file yet. Throws
  /// ``DatasetError`` if it names an image or a class that the dataset lacks; `FileError` if the file cannot be read or
  /// created.
  init(_ path: String, _ file: CorrectionsFile?, of dataset: Dataset) throws {
    self.path = path
    guard let file else {
      try FileSystem.checkCanWrite(path, replacing: false)
      return
    }
    written = try FileSystem.read(path)
    var known: [String: String] = [:]
    for example in dataset.examples { known[try FileSystem.realPath(example.file)] = example.file }
    for row in file.rows {
      guard let file = known[row.file] else {
        throw DatasetError.unknownImages(file: row.file, count: 1, path: path)
      }
      guard let label = dataset.classNames.firstIndex(of: row.label) else {
        throw DatasetError.unknownClass(name: row.label, available: dataset.classNames)
      }
      decisions[file] = Decision(row.decision, label: label)
    }
  }

  /// A text that differs between different corrections of the training data; empty if there are none.
  var edition: String {
    let changes = decisions.filter { $0.value != .keep }
    guard !changes.isEmpty else { return "" }
    var sum = Fingerprint()
    for (file, decision) in changes.sorted(by: { $0.key < $1.key }) {
      Array(file.utf8).withUnsafeBytes { sum.add($0) }
      sum.add(decision.label.map(UInt64.init) ?? .max)
    }
    return sum.text
  }

  /// The number of images with another label, and of those left out.
  var counts: (relabeled: Int, leftOut: Int) {
    (decisions.values.count { $0.name == .relabel }, decisions.values.count { $0 == .leaveOut })
  }

  /// Returns the example with its correction; nil if it is left out.
  func corrected(_ example: Example) -> Example? {
    switch decisions[example.file] {
    case .relabel(let label): Example(file: example.file, label: label, split: example.split)
    case .leaveOut: nil
    case .keep, nil: example
    }
  }

  /// Sets the decision about an image, or withdraws it if it is nil.
  mutating func set(_ decision: Decision?, for example: Example) {
    decisions[example.file] = decision?.label == example.label ? .keep : decision
  }

  /// Writes the decisions. `dataset` and `splits` are those without corrections. Throws ``ChangedCorrections`` if another
  /// program has changed the file; `FileError` if it cannot be written.
  mutating func write(_ dataset: Dataset, _ splits: DatasetSplits) throws {
    let found = FileSystem.kind(of: path) == nil ? nil : try FileSystem.read(path)
    guard found == written else { throw ChangedCorrections(path: path) }
    let rows = dataset.examples.compactMap { example in
      decisions[example.file].map { decision in
        (example: example, label: dataset.classNames[decision.label ?? example.label], decision: decision.name)
      }
    }
    let bytes = Array(try CorrectionsFile.csv(rows, of: splits, at: path).utf8)
    try FileSystem.write(bytes, to: path, replacing: written != nil)
    written = bytes
  }
}

/// Another program has changed the file of corrections since the studio read or wrote it.
struct ChangedCorrections: Error, CustomStringConvertible {
  let path: String

  var description: String {
    "\(path) was changed by another program. Nothing was written. Restart the studio to read the file again"
  }
}
