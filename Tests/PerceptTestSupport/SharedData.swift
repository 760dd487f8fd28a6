import PerceptIO

/// Test pictures that are not part of the repository: the folder `shared/data` beside it. Tests that need them are
/// skipped where they are missing.
package enum SharedData {
  /// The folder, or nil where it is missing.
  package static let folder: String? = {
    let root = FileSystem.folder(of: FileSystem.folder(of: FileSystem.folder(of: #filePath)))
    let folder = FileSystem.path(FileSystem.folder(of: root), "shared/data")
    return FileSystem.kind(of: folder) == .folder ? folder : nil
  }()

  /// Whether the folder is there.
  package static var isPresent: Bool { folder != nil }

  /// A file or folder in it; an unusable path where it is missing.
  package static func path(_ name: String) -> String {
    FileSystem.path(folder ?? "/nonexistent", name)
  }

  /// The paths of the files in one of its folders, sorted; none where it is missing.
  package static func files(in name: String, endingIn ending: String = "") -> [String] {
    guard let names = try? FileSystem.names(inFolder: path(name)) else { return [] }
    return names.filter { $0.hasSuffix(ending) }.map { FileSystem.path(path(name), $0) }
      .filter { FileSystem.kind(of: $0) == .file }
  }
}
