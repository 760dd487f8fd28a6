import PerceptIO

/// The images in a folder of class folders or split folders.
struct FolderListing {
  private(set) var entries: [DataSource.Entry] = []
  /// The class folders without files.
  private(set) var emptyClasses: [String] = []
  /// The names beside class folders and split folders, relative to the folder.
  private(set) var ignored: [String] = []
  /// How the folders were read, where that is not obvious.
  private(set) var notes: [String] = []
  /// Sentences about what looks like a split but is not used as one.
  private(set) var warnings: [String] = []

  /// Lists the images in split folders or, if there are none, in class folders. If the folder contains only one folder,
  /// and that contains them, lists those. Folders that `classes` selects are classes.
  init(_ path: String, classes: ClassSelection) throws {
    let top = try Folder(path)
    try top.checkAccess()
    guard !top.folders.isEmpty else { throw DatasetError.noClassFolders(path: path, images: top.names.count) }
    let splits = try SplitFolder.all(in: top)
    if !splits.allSatisfy({ classes.selects($0.name) }) {
      try addSplits(splits, of: top)
    } else if splits.isEmpty, let inner = try top.onlyFolder(), !classes.selects(inner.name) {
      self = try FolderListing(inner.path, classes: classes)
      ignored = top.others + ignored.map { FileSystem.path(inner.name, $0) }
      notes.insert("Reading \(inner.path), the only folder in \(path).", at: 0)
    } else {
      try addClasses(of: top, selection: classes)
    }
  }

  private mutating func addSplits(_ splits: [SplitFolder], of top: Folder) throws {
    for split in splits {
      try split.folder.checkAccess()
      for name in split.folder.folders { try addClass(name, of: split.folder, split: split.splitName.split) }
      ignored += split.folder.others.map { FileSystem.path(split.name, $0) }
      if split.isNested { notes.append("Reading \(split.folder.path), the only folder in \(split.name).") }
    }
    for split in Split.allCases {
      let names = splits.filter { $0.splitName.split == split }.map(\.name)
      if names.count > 1 {
        warnings.append("\(top.path): \(listed(names)) are all read as the split \"\(split.rawValue)\".")
      }
    }
    let unused = top.names.filter { name in !splits.contains { $0.name == name } }
    ignored += unused
    warnAboutUnused(Set(unused).intersection(top.folders).sorted(), beside: splits, of: top)
  }

  private mutating func warnAboutUnused(_ names: [String], beside splits: [SplitFolder], of top: Folder) {
    for name in names {
      let path = FileSystem.path(top.path, name)
      if SplitName(name) != nil {
        warnings.append("\(path) is named like a split, but is not used. \(Self.advice)")
      } else if let split = splits.first(where: { $0.sharesClasses(withFolder: path) }) {
        warnings.append("\(path) contains the same subfolders as \(split.name), but is not used. \(Self.advice)")
      }
    }
  }

  private mutating func addClasses(of top: Folder, selection: ClassSelection) throws {
    var subfolders: [String: Set<String>] = [:]
    for name in top.folders {
      let files = try addClass(name, of: top, split: nil)
      subfolders[name] = Set(
        files.compactMap { file in file.utf8.firstIndex(of: UInt8(ascii: "/")).map { String(file[..<$0]) } })
    }
    ignored = top.others
    noteUnusedSplits(subfolders.filter { !selection.selects($0.key) }, in: top.path)
  }

  /// Warns if classes look like the splits of one data set. `subfolders` are those of each class.
  private mutating func noteUnusedSplits(_ subfolders: [String: Set<String>], in path: String) {
    let divided = subfolders.filter { !$0.value.isEmpty }
    let common = divided.values.reduce(divided.values.first ?? []) { $0.intersection($1) }
    if divided.count >= 2, common.count >= 2 {
      warnings.append(
        "\(path): \(listed(divided.keys.sorted())) contain the same subfolders (\(listed(common.sorted()))). They look "
          + "like parts of one data set, but are read as classes. \(Self.advice)")
      return
    }
    let named = subfolders.keys.sorted().compactMap { name in SplitName(name).map { (name: name, split: $0) } }
    for (qualifier, group) in Dictionary(grouping: named, by: { $0.split.qualifier }).sorted(by: { $0.key < $1.key }) {
      let areSplits = Set(group.map { $0.split.split }).count >= 2
      for (name, _) in group where areSplits || qualifier.isEmpty || divided[name] != nil {
        let text = "\(FileSystem.path(path, name)) is named like a split, but is read as a class. \(Self.advice)"
        if areSplits { warnings.append(text) } else { notes.append(text) }
      }
    }
  }

  private static let advice = "Splits are folders named train, val or test that contain the same class folders."

  /// Adds the images of a class. Returns their paths relative to its folder.
  @discardableResult
  private mutating func addClass(_ name: String, of parent: Folder, split: Split?) throws -> [String] {
    let folder = FileSystem.path(parent.path, name)
    let files = try FileSystem.regularFiles(below: folder)
    if files.isEmpty { emptyClasses.append(name) }
    entries += files.map { DataSource.Entry(file: FileSystem.path(folder, $0), label: name, split: split) }
    return files
  }
}

/// Returns the first names, separated by commas.
func listed(_ names: some Collection<String>) -> String {
  names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
}
