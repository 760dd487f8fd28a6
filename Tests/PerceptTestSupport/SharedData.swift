import PerceptIO

/// Test images outside the repository, in the folder `shared/data` next to it. Tests that need them are skipped if the
/// folder does not exist.
package enum SharedData {
  /// The path of the folder; `nil` if it does not exist.
  package static let folder: String? = {
    let root = FileSystem.folder(of: FileSystem.folder(of: FileSystem.folder(of: #filePath)))
    let folder = FileSystem.path(FileSystem.folder(of: root), "shared/data")
    return FileSystem.kind(of: folder) == .folder ? folder : nil
  }()

  /// Whether the folder exists.
  package static var isPresent: Bool { folder != nil }

  /// Returns the path of an item in the folder; a path that does not exist if the folder does not exist.
  package static func path(_ name: String) -> String {
    FileSystem.path(folder ?? "/nonexistent", name)
  }

  /// Returns the sorted paths of the files in one of its folders; empty if that does not exist.
  package static func files(in name: String, endingIn ending: String = "") -> [String] {
    guard let names = try? FileSystem.names(inFolder: path(name)) else { return [] }
    return names.filter { $0.hasSuffix(ending) }.map { FileSystem.path(path(name), $0) }
      .filter { FileSystem.kind(of: $0) == .file }
  }
}
