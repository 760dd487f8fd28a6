import Glibc

extension FileSystem {
  /// The names in a folder, sorted by their bytes, without those that begin with a dot.
  ///
  /// - Parameter path: the folder.
  /// - Returns: names, not paths. One that is not UTF-8 stands there repaired; opening it says what is wrong.
  /// - Throws: ``FileError`` when there is no such folder or it cannot be read.
  public static func names(inFolder path: String) throws(FileError) -> [String] {
    guard let folder = opendir(path) else {
      throw errno == ENOTDIR ? FileError(path, .isNotFolder) : unreadable(path)
    }
    defer { closedir(folder) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw .init(path, .unreadable(words)) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The regular files below a folder, at any depth, as paths relative to it: sorted, without anything whose name begins
  /// with a dot, each folder visited once however links lead to it, and none above or beside it.
  ///
  /// - Parameter path: the folder.
  /// - Returns: relative paths, not names.
  /// - Throws: ``FileError`` when a folder cannot be read.
  public static func regularFiles(below path: String) throws(FileError) -> [String] {
    var files: [String] = []
    var visited = Set([self.path(path, ".."), self.path(path, "../..")].compactMap(FolderIdentity.init))
    try collect(path, prefix: "", into: &files, visited: &visited)
    return files
  }

  private struct FolderIdentity: Hashable {
    let device: UInt64
    let inode: UInt64

    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
    }
  }

  private static func collect(
    _ folder: String, prefix: String, into files: inout [String], visited: inout Set<FolderIdentity>
  ) throws(FileError) {
    guard let identity = FolderIdentity(folder), visited.insert(identity).inserted else { return }
    for name in try names(inFolder: folder) {
      let whole = path(folder, name)
      switch kind(of: whole) {
      case .folder: try collect(whole, prefix: prefix + name + "/", into: &files, visited: &visited)
      case .file, nil: files.append(prefix + name)  // what cannot be seen is listed, so that reading it says why
      case .other: continue
      }
    }
  }
}
