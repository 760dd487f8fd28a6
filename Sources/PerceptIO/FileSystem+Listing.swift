import PerceptPlatform

extension FileSystem {
  /// Returns the names in a folder, sorted by their UTF-8 bytes, without those that begin with a dot or are in
  /// ``systemNames``. Invalid UTF-8 is replaced by U+FFFD; opening that file throws an error that explains this. Throws
  /// if the folder cannot be read.
  package static func names(inFolder path: String) throws(FileError) -> [String] {
    try allEntries(inFolder: path).filter(\.isOfUser).map(\.name)
  }

  /// Returns all names in a folder, sorted as above.
  static func allNames(inFolder path: String) throws(FileError) -> [String] {
    try allEntries(inFolder: path).map(\.name)
  }

  private struct Entry {
    let name: String
    /// Nil if the file system does not say it, and for symbolic links.
    let kind: Kind?

    var isOfUser: Bool { !name.hasPrefix(".") && !systemNames.contains(name.lowercased()) }

    init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }

    init(_ entry: UnsafeMutablePointer<dirent>) {
      name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      kind =
        switch Int(entry.pointee.d_type) {
        case Int(DT_DIR): .folder
        case Int(DT_REG): .file
        default: nil
        }
    }
  }

  private static func allEntries(inFolder path: String) throws(FileError) -> [Entry] {
    guard let folder = opendir(path) else {
      if errno == ENOTDIR, let found = try archive(at: path) { return try entries(in: found, named: path) }
      throw errno == ENOTDIR ? FileError(path, .isNotFolder) : unreadable(path)
    }
    defer { closedir(folder) }
    var entries: [Entry] = []
    errno = 0
    while let entry = readdir(folder) {
      entries.append(Entry(entry))
      errno = 0
    }
    guard errno == 0 else { throw unreadable(path) }
    return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private static func entries(
    in found: (archive: Archive, member: String), named path: String
  ) throws(FileError) -> [Entry] {
    switch found.archive[found.member] {
    case nil: throw .init(path, .notFound)
    case .file: throw .init(path, .isNotFolder)
    case .folder(let names, _):
      return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { name in
        guard case .folder? = found.archive[Self.path(found.member, name)] else { return Entry(name, .file) }
        return Entry(name, .folder)
      }
    }
  }

  /// The names, in lowercase, of files and folders that operating systems, archivers, and network drives create beside
  /// those of the user, such as the thumbnails of a Synology drive.
  package static let systemNames: Set<String> = [
    "#recycle", "#snapshot", "$recycle.bin", "@eadir", "@recently-snapshot", "@recycle", "@tmp", "__macosx",
    "_ds_store", "desktop.ini", "ehthumbs.db", "lost+found", "system volume information", "thumbs.db",
  ]

  /// Returns the paths, relative to `path`, of the regular files below a folder at any depth, sorted by name within
  /// each folder. Names that begin with a dot or are in ``systemNames`` are omitted. Symbolic links are followed, except
  /// those to the parent or grandparent of `path`; each folder is visited once, even if several links point to it.
  package static func regularFiles(below path: String) throws(FileError) -> [String] {
    var files: [String] = []
    var visited = Set([self.path(path, ".."), self.path(path, "../..")].compactMap { try? FolderIdentity($0) })
    try collect(path, prefix: "", into: &files, visited: &visited)
    return files
  }

  private struct FolderIdentity: Hashable {
    let device: UInt64
    let inode: UInt64

    init(_ path: String) throws(FileError) {
      let status = try status(of: path)
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
    }
  }

  private static func collect(
    _ folder: String, prefix: String, into files: inout [String], visited: inout Set<FolderIdentity>
  ) throws(FileError) {
    guard visited.insert(try FolderIdentity(folder)).inserted else { return }
    for entry in try allEntries(inFolder: folder) where entry.isOfUser {
      let whole = path(folder, entry.name)
      switch entry.kind ?? kind(of: whole) {
      case .folder: try collect(whole, prefix: prefix + entry.name + "/", into: &files, visited: &visited)
      case .file, nil: files.append(prefix + entry.name)  // list inaccessible files, so that reading them reports why
      case .other: continue
      }
    }
  }
}
