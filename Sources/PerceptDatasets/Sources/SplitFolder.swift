import PerceptIO

/// A folder with the class folders of one split, such as `train`, `training_set`, or `seg_train`.
struct SplitFolder {
  let name: String
  let splitName: SplitName
  /// The folder with the class folders: the folder of this name or, if that contains only a folder of the same name,
  /// the inner one.
  let folder: Folder
  /// Whether ``folder`` is the inner of two folders of the same name.
  let isNested: Bool

  /// Nil if the name is not that of a split, or the folder contains no folders.
  private init?(_ name: String, in parent: Folder) throws {
    guard let splitName = SplitName(name) else { return nil }
    let outer = try Folder(FileSystem.path(parent.path, name))
    let isNested = outer.folders == [name]
    let folder = try isNested ? Folder(FileSystem.path(outer.path, name)) : outer
    if folder.folders.isEmpty { return nil }
    self.name = name
    self.splitName = splitName
    self.folder = folder
    self.isNested = isNested
  }

  /// Returns the folders in `parent` that are the splits of one data set; none if its folders are classes.
  static func all(in parent: Folder) throws -> [SplitFolder] {
    let named = try parent.folders.compactMap { try SplitFolder($0, in: parent) }
    if try areSplits(named, in: parent) { return named }
    let plain = named.filter { $0.splitName.isPlain }
    return try areSplits(plain, in: parent) ? plain : []
  }

  /// Returns whether folders named like splits are splits. Their names may differ only in the split and in words such
  /// as `set`. If there are other words, as in `seg_train`, each folder must have a class in common with another.
  private static func areSplits(_ candidates: [SplitFolder], in parent: Folder) throws -> Bool {
    let qualifiers = Set(candidates.map(\.splitName.qualifier)).subtracting([""])
    guard !candidates.isEmpty, qualifiers.count <= 1 else { return false }
    guard Set(candidates.map(\.splitName.split)).count >= 2 else {
      return try isWholeData(candidates, isPlain: qualifiers.isEmpty, in: parent)
    }
    return qualifiers.isEmpty
      || candidates.allSatisfy { one in candidates.contains { $0.name != one.name && one.sharesClasses(with: $0) } }
  }

  /// Returns whether the folders of a single split are the data: the other folders are no classes beside them.
  private static func isWholeData(_ candidates: [SplitFolder], isPlain: Bool, in parent: Folder) throws -> Bool {
    let others = parent.folders.filter { name in !candidates.contains { $0.name == name } }
    guard !others.isEmpty else { return true }
    guard isPlain else { return others.allSatisfy { SplitName($0) != nil } }
    let classes = Set(candidates.flatMap(\.folder.folders))
    guard classes.count >= 2 else { return false }
    return try others.allSatisfy { name in
      if SplitName(name) != nil { return true }
      let folders = try Folder(FileSystem.path(parent.path, name)).folders
      return folders.isEmpty
        || (candidates[0].splitName.split == .training && classes.intersection(folders).count >= 2)
    }
  }

  private func sharesClasses(with other: SplitFolder) -> Bool {
    !Set(folder.folders).isDisjoint(with: other.folder.folders)
  }

  /// Returns whether a folder contains a folder with the name of a class of this split, without listing it.
  func sharesClasses(withFolder path: String) -> Bool {
    folder.folders.contains { FileSystem.kind(of: FileSystem.path(path, $0)) == .folder }
  }
}
