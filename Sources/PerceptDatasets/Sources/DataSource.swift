import PerceptIO
public import PerceptImages

/// The location of labeled images: a folder of class folders, a label file, or IDX files. Creating a source lists the
/// images without opening them.
///
/// | path | content |
/// |---|---|
/// | a folder `CLASS/…` | one folder per class, with images at any depth |
/// | a folder `train/CLASS/…` with `test/CLASS/…` or `val/CLASS/…` | the same, already split |
/// | a CSV or JSON Lines file | `file`, `label`, and optionally `split` of each image |
/// | an IDX file of images, or a folder of them | its labels file is beside it; `train-…` and `t10k-…` are splits |
///
/// If only one split exists, the data counts as not split. Names that begin with a dot are ignored. Classes are in
/// alphabetical order unless a selection sets another order.
public struct DataSource: Sendable {
  struct Entry: Sendable, Equatable {
    let file: String
    let label: String
    let split: Split?
  }

  enum Content: Sendable {
    case files([Entry])
    case idx([IDXImages])

    /// The same content, without splits if all images are in the same split.
    var withoutLonePart: Content {
      switch self {
      case .files(let entries) where Set(entries.map(\.split)).count == 1:
        .files(entries.map { Entry(file: $0.file, label: $0.label, split: nil) })
      case .idx(let pairs) where pairs.count == 1: .idx([pairs[0].withoutPart])
      default: self
      }
    }
  }

  /// Whether every image is a file of its own; false for IDX files.
  public var hasFiles: Bool {
    if case .files = content { true } else { false }
  }

  /// The path that the source was created with.
  public let path: String
  /// The names of the classes, indexed by the labels of the examples.
  public let classNames: [String]
  /// The labels that the class selection leaves out, with the number of images of each.
  public let leftOut: [String: Int]

  /// The names of files and folders beside the class folders or split folders that are not part of the data.
  public let ignored: [String]

  let content: Content
  /// The selected labels of the data, with the index of the class of each.
  let classIndex: [String: Int]

  /// Lists the images at a path.
  ///
  /// - Parameters:
  ///   - path: a folder, a label file, or an IDX file.
  ///   - classes: the labels that become classes.
  ///   - labels: a label file whose labels replace those of the images that it lists. No file is changed.
  /// - Throws: ``FileError`` if nothing exists at the path, ``DatasetError`` if it is not data, lacks a selected class,
  ///   or has fewer than two classes.
  public init(_ path: String, classes: ClassSelection = .all, labels: String? = nil) throws {
    var content: Content
    var emptyFolders: [String] = []
    var ignored: [String] = []
    switch FileSystem.kind(of: path) {
    case nil:
      _ = try FileSystem.size(of: path)  // throws the error of the system
      throw FileError(path, .notFound)
    case .folder:
      if let idx = try IDXImages.all(inFolder: path) {
        content = .idx(idx)
      } else {
        let listing = try FolderListing(path)
        content = .files(listing.entries)
        emptyFolders = listing.emptyClasses
        ignored = listing.ignored
      }
    case .file, .other: content = try Self.content(ofFile: path)
    }
    if let labels {
      content = try content.corrected(
        by: LabelFile.rows(of: labels), from: labels, classes: classes, emptyClasses: emptyFolders)
    }
    var counts: [String: Int] = [:]
    switch content {
    case .files(let entries): for entry in entries { counts[entry.label, default: 0] += 1 }
    case .idx(let parts): for split in parts { for label in split.labels { counts[String(label), default: 0] += 1 } }
    }
    let resolved = try classes.resolve(Set(counts.keys).union(emptyFolders))
    if classes.modelClasses == nil {
      for name in emptyFolders where counts[name] == nil && resolved.index[name] != nil {
        throw DatasetError.emptyClass(name: name, path: path)
      }
      guard resolved.names.count >= 2 else {
        throw DatasetError.tooFewClasses(
          found: resolved.names, leftOut: counts.keys.filter { resolved.index[$0] == nil }.sorted(), path: path)
      }
    }
    self.path = path
    self.content = content.withoutLonePart
    self.ignored = ignored
    classNames = resolved.names
    classIndex = resolved.index
    leftOut = counts.filter { resolved.index[$0.key] == nil }
  }

  /// The default preprocessing: 64 x 64 pixels, cropped, in color. Images in IDX files keep their size and stay gray.
  public var defaultPreprocessing: Preprocessing {
    switch content {
    case .files: Preprocessing()
    case .idx(let parts): Preprocessing(size: parts[0].size, fit: .crop, color: .gray)
    }
  }

  /// Returns the index of the class of a label of the data; nil if the selection leaves the label out.
  func classIndex(of label: String) -> Int? { classIndex[label] }

  /// Returns the examples whose labels are selected.
  func examples(of entries: [Entry]) -> [Example] {
    entries.compactMap { entry in
      classIndex[entry.label].map { Example(file: entry.file, label: $0, split: entry.split) }
    }
  }

  private static func content(ofFile path: String) throws -> Content {
    if IDXImages.isIDX(path) { return .idx([try IDXImages(imagesFile: path, split: nil)]) }
    return .files(try LabelFile.rows(of: path).map(\.entry))
  }
}

private struct FolderListing {
  var entries: [DataSource.Entry] = []
  var emptyClasses: [String] = []
  var ignored: [String] = []

  /// Folders named train, val, or test that contain folders are splits; if there are none, every folder is a class.
  init(_ path: String) throws {
    let names = try FileSystem.names(inFolder: path)
    let folders = try Self.folders(names, of: path)
    guard !folders.isEmpty else { throw DatasetError.noClassFolders(path: path, images: names.count) }
    let parts = try folders.compactMap { name in try Self.split(name, of: path).map { (name, $0) } }
    if parts.isEmpty {
      for name in folders { try addClass(name, of: path, split: nil) }
      ignored = names.filter { !folders.contains($0) }
    } else {
      for (name, split) in parts { try addClasses(of: FileSystem.path(path, name), split: split) }
      ignored += names.filter { name in !parts.contains { $0.0 == name } }
    }
  }

  private static func folders(_ names: [String], of path: String) throws -> [String] {
    try names.filter { name in
      let whole = FileSystem.path(path, name)
      let kind = FileSystem.kind(of: whole)
      if kind == nil { _ = try FileSystem.size(of: whole) }  // throws the error of the system
      return kind == .folder
    }
  }

  private static func split(_ name: String, of path: String) throws -> Split? {
    guard let split = Split(named: name) else { return nil }
    let folder = FileSystem.path(path, name)
    return try FileSystem.names(inFolder: folder).contains {
      FileSystem.kind(of: FileSystem.path(folder, $0)) == .folder
    } ? split : nil
  }

  private mutating func addClasses(of path: String, split: Split) throws {
    let names = try FileSystem.names(inFolder: path)
    let folders = try Self.folders(names, of: path)
    for name in folders { try addClass(name, of: path, split: split) }
    ignored += names.filter { !folders.contains($0) }.map { FileSystem.path(FileSystem.name(of: path), $0) }
  }

  private mutating func addClass(_ name: String, of path: String, split: Split?) throws {
    let folder = FileSystem.path(path, name)
    let files = try FileSystem.regularFiles(below: folder)
    if files.isEmpty { emptyClasses.append(name) }
    entries += files.map { DataSource.Entry(file: FileSystem.path(folder, $0), label: name, split: split) }
  }
}
