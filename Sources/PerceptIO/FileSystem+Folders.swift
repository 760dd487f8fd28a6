import Glibc

extension FileSystem {
  /// Creates a folder that only the current user can access (mode 0700), and its missing parent folders likewise.
  /// Returns whether the folder exists now.
  package static func makePrivateFolder(_ path: String) -> Bool {
    if kind(of: path) == .folder { return true }
    let parent = folder(of: path)
    if !parent.isEmpty, parent != path, !makePrivateFolder(parent) { return false }
    return mkdir(path, 0o700) == 0 || kind(of: path) == .folder
  }
}
