import PerceptPlatform
import Synchronization

extension FileSystem {
  /// The archives that were read, by their paths, and by their real paths.
  private static let archives = Mutex<[String: Archive]>([:])

  /// Returns whether a path is an archive, by its name: a file that can be read like a folder. The files in it have paths
  /// such as `pets.zip/cat/1.jpg`, which all functions that read files and folders accept. Archives in archives are not read.
  package static func isArchive(_ path: String) -> Bool {
    var status = stat()
    return hasArchiveName(path) && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private static func hasArchiveName(_ path: some StringProtocol) -> Bool {
    let name = path.lowercased()
    return Archive.endings.contains { name.hasSuffix($0) }
  }

  /// Returns the archive that a path leads into, and the path within it; nil if it leads into none. Call it after the system
  /// has refused the path because a part of it is not a folder (`ENOTDIR`); `errno` has this value again if the result is
  /// nil. Reads the archive, unless it is the same as before. Throws ``FileError`` if the archive cannot be read.
  static func archive(at path: String) throws(FileError) -> (archive: Archive, member: String)? {
    var end = path.startIndex
    while end < path.endIndex {
      end = path[end...].dropFirst().firstIndex(of: "/") ?? path.endIndex
      let file = path[..<end]
      guard isArchive(String(file)) else { continue }
      return (try archive(ofFile: String(file)), String(path[end...].drop { $0 == "/" }))
    }
    errno = ENOTDIR
    return nil
  }

  private static func archive(ofFile path: String) throws(FileError) -> Archive {
    let stamp = FileStamp(path)
    if let known = archives.withLock({ $0[path] }), known.stamp == stamp { return known }
    let real = try realPath(path)
    return try archives.withLock { archives throws(FileError) in
      if let known = archives[real], known.stamp == stamp {
        archives[path] = known
        return known
      }
      let archive = try Archive(path)
      (archives[path], archives[real]) = (archive, archive)
      return archive
    }
  }

  /// Reads the status of a file or folder, following symbolic links, also in archives: a file has the times of the archive.
  /// Throws ``FileError`` if it does not exist or cannot be accessed.
  static func status(of path: String) throws(FileError) -> stat {
    var status = stat()
    if stat(path, &status) == 0 { return status }
    guard errno == ENOTDIR else { throw unreadable(path) }
    guard let found = try archive(at: path), stat(found.archive.path, &status) == 0 else {
      errno = ENOTDIR
      throw unreadable(path)
    }
    switch found.archive[found.member] {
    case nil: throw .init(path, .notFound)
    case .file(let header, _, let size): status.st_size = off_t(header.count + size)
    case .folder(_, let number):
      status.st_mode = S_IFDIR | 0o500
      // A number that the file system does not use for a file of its own.
      status.st_ino = ~(status.st_ino << 24 ^ ino_t(number))
    }
    return status
  }
}
