import Glibc

/// The file system operations that Percept uses: reading and writing complete files, and sorted listings.
package enum FileSystem {
  /// The default size limit of ``read(_:limit:)``: 1 GiB.
  package static let defaultLimit = 1 << 30

  /// Reads the complete content of a regular file or a pipe. Throws ``FileError`` if the file does not exist, is a
  /// folder, is larger than `limit` bytes, or cannot be read. Memory is allocated only for bytes that exist.
  package static func read(_ path: String, limit: Int = defaultLimit) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    try read(path, limit: limit, into: &bytes)
    return bytes
  }

  /// Reads the complete content of a file into `bytes`, replacing its elements and reusing its memory where it suffices.
  package static func read(_ path: String, limit: Int, into bytes: inout [UInt8]) throws(FileError) {
    try readPrefix(of: path, count: limit == .max ? limit : limit + 1, into: &bytes)
    guard bytes.count <= limit else { throw .init(path, .tooLarge(limit: limit)) }
  }

  /// Reads the first `count` bytes of a file, or the complete content if the file is shorter.
  package static func prefix(of path: String, count: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    try readPrefix(of: path, count: count, into: &bytes)
    return bytes
  }

  private static func readPrefix(of path: String, count: Int, into bytes: inout [UInt8]) throws(FileError) {
    bytes.removeAll(keepingCapacity: true)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .init(path, .isFolder) }
    // Request one byte more than the reported size, so that a short read and the read after it detect the end. Pipes and
    // files in /proc report size 0, and a sparse file can report any size, so large sizes are not trusted either.
    let expected = Int(status.st_size)
    var step = (1..<1 << 26).contains(expected) ? expected + 1 : 1 << 16
    if bytes.capacity < step { bytes = [] }  // a larger copy would have twice the capacity
    while bytes.count < count {
      let added = append(min(step, count - bytes.count), from: descriptor, to: &bytes)
      guard added >= 0 else { throw unreadable(path) }
      if added == 0 { break }
      step = bytes.count == expected ? 1 : 1 << 16
    }
  }

  /// Reads at most `count` bytes and appends them. Returns the number of bytes read, or -1 with `errno` set.
  private static func append(_ count: Int, from descriptor: Int32, to bytes: inout [UInt8]) -> Int {
    var added = 0
    bytes.append(addingCapacity: count) { span in
      span.withUnsafeMutableBufferPointer { buffer, initialized in
        added = retryingInterrupts { Glibc.read(descriptor, buffer.baseAddress, count) }
        initialized = max(added, 0)
      }
    }
    return added
  }

  package enum Kind: Sendable, Equatable {
    case file
    case folder
    /// A pipe, a device, or a socket.
    case other
  }

  /// Returns the kind of item at a path, following symbolic links; `nil` if nothing exists there or it cannot be accessed.
  package static func kind(of path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG: return .file
    default: return .other
    }
  }

  /// Returns the size of a file in bytes; 0 for pipes. Throws ``FileError`` if it does not exist or is a folder.
  package static func size(of path: String) throws(FileError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw unreadable(path) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .init(path, .isFolder) }
    return Int(status.st_size)
  }

  /// Returns the path of `name` inside `folder`; `name` itself if it is absolute or `folder` is empty.
  package static func path(_ folder: String, _ name: String) -> String {
    if name.hasPrefix("/") || folder.isEmpty { return name }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// Returns the folder part of a path; empty if the path contains no slash.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  package static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Returns the absolute form of a path, without resolving symbolic links and `..`; of an empty path, the current
  /// folder. Throws ``FileError`` if that cannot be determined.
  package static func absolutePath(_ path: String) throws(FileError) -> String {
    if path.hasPrefix("/") { return path }
    guard let current = getcwd(nil, 0) else { throw unreadable(path) }
    defer { free(current) }
    let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    return relative.isEmpty ? String(cString: current) : String(cString: current) + "/" + relative
  }

  /// Returns the last system error (`errno`) as the error of a path that cannot be read.
  package static func unreadable(_ path: String) -> FileError {
    switch errno {
    // Listing a folder replaced the invalid bytes of the name, so no file has this name.
    case ENOENT where path.unicodeScalars.contains("\u{FFFD}"):
      .init(path, .unreadable("the file name is not valid UTF-8; rename the file"))
    case ENOENT: .init(path, .notFound)
    case EMFILE: .init(path, .systemFailure("\(words); raise the limit with ulimit -n"))
    case let code where errorsOfPaths.contains(code): .init(path, .unreadable(words))
    default: .init(path, .systemFailure(words))
    }
  }

  /// The system errors whose reason is the path itself: permissions, or an item that is not a file with content.
  private static let errorsOfPaths: Set<Int32> = [
    EACCES, EPERM, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG, EINVAL, ENXIO, ENODEV, EOVERFLOW, EOPNOTSUPP, ETXTBSY, ENOKEY,
  ]

  /// The description of the last system error (`errno`).
  static var words: String { String(cString: strerror(errno)) }

  /// Repeats a system call while it fails with `EINTR`.
  static func retryingInterrupts(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}
