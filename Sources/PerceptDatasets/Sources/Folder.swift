import PerceptIO

/// A folder, and the names in it.
struct Folder {
  let path: String
  let names: [String]
  /// The names of the folders in it.
  let folders: [String]
  private let inaccessible: String?

  /// Lists a folder. Throws ``FileError`` if it cannot be read.
  init(_ path: String) throws(FileError) {
    let names = try FileSystem.names(inFolder: path)
    let kinds = names.map { FileSystem.kind(of: FileSystem.path(path, $0)) }
    self.path = path
    self.names = names
    folders = names.indices.filter { kinds[$0] == .folder }.map { names[$0] }
    inaccessible = kinds.firstIndex(of: nil).map { names[$0] }
  }

  var name: String { FileSystem.name(of: path) }

  /// The names that are not folders.
  var others: [String] {
    let folders = Set(folders)
    return names.filter { !folders.contains($0) }
  }

  /// Throws the error of the system for the first name in the folder that cannot be accessed.
  func checkAccess() throws(FileError) {
    if let inaccessible { _ = try FileSystem.size(of: FileSystem.path(path, inaccessible)) }
  }

  /// Returns the only folder in this one if it seems to contain the data: it has the same name, as after unpacking an
  /// archive into a folder of its name, or it contains split folders, or several folders and nothing else.
  func onlyFolder() throws -> Folder? {
    guard folders.count == 1 else { return nil }
    let inner = try Folder(FileSystem.path(path, folders[0]))
    if inner.folders.isEmpty { return nil }
    if inner.name == name || (inner.folders.count >= 2 && inner.others.isEmpty) { return inner }
    return try SplitFolder.all(in: inner).isEmpty ? nil : inner
  }
}
