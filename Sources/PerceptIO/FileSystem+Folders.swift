import Glibc

extension FileSystem {
  /// Makes a folder that only this user may enter, and those missing on the way to it.
  ///
  /// - Returns: whether the folder is there now.
  package static func makePrivateFolder(_ path: String) -> Bool {
    if kind(of: path) == .folder { return true }
    let parent = folder(of: path)
    if !parent.isEmpty, parent != path, !makePrivateFolder(parent) { return false }
    return mkdir(path, 0o700) == 0 || kind(of: path) == .folder
  }
}
