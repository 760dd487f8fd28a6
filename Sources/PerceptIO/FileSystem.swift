import PerceptPlatform

/// The file system operations that Percept uses: reading and writing complete files, and sorted listings.
package enum FileSystem {
  /// The default size limit of ``read(_:limit:)``: 1 GiB.
  package static let defaultLimit = 1 << 30

  /// Reads the complete content of a regular file. Throws ``FileError`` if it does not exist, is not a regular file, is
  /// larger than `limit` bytes, or cannot be read. Memory is allocated only for bytes that exist.
  package static func read(_ path: String, limit: Int = defaultLimit) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    try read(path, limit: limit, into: &bytes)
    return bytes
  }

  /// Reads the complete content of a file into `bytes`, replacing its elements and reusing its memory where it suffices.
  package static func read(_ path: String, limit: Int, into bytes: inout [UInt8]) throws(FileError) {
    let (descriptor, size) = try openRegularFile(path)
    defer { close(descriptor) }
    guard size <= limit else { throw .init(path, .tooLarge(limit: limit)) }
    try read(descriptor, named: path, size: size, limit: limit, into: &bytes)
  }

  /// Reads the first `count` bytes of a file, or the complete content if the file is shorter.
  package static func prefix(of path: String, count: Int) throws(FileError) -> [UInt8] {
    let (descriptor, size) = try openRegularFile(path)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    try readPrefix(descriptor, named: path, size: size, count, into: &bytes)
    return bytes
  }

  /// Reads standard input to its end. Unlike other files, it can be a pipe, but not a terminal. Throws ``FileError`` if
  /// there are more than `limit` bytes, or they cannot be read.
  package static func readStandardInput(limit: Int) throws(FileError) -> [UInt8] {
    let name = "standard input"
    guard isatty(STDIN_FILENO) == 0 else { throw .init(name, .unreadable("it is a terminal; redirect a file to it")) }
    var bytes: [UInt8] = []
    try read(STDIN_FILENO, named: name, size: 0, limit: limit, into: &bytes)
    return bytes
  }

  /// Opens a regular file for reading. The caller closes the descriptor. Throws ``FileError`` if it does not exist, is not
  /// a regular file, or cannot be opened.
  ///
  /// Every file that a user or another file names is opened this way: a pipe could block forever, and a device such as
  /// `/dev/zero` has no end. `O_NONBLOCK` returns even if a pipe has no other end. It does not affect regular files.
  package static func openRegularFile(_ path: String) throws(FileError) -> (descriptor: Int32, size: Int) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    if descriptor < 0, errno == ENOTDIR, let found = try archive(at: path) {
      return try found.archive.open(found.member)
    }
    // A socket cannot be opened at all.
    guard descriptor >= 0 else { throw errno == ENXIO ? .init(path, .isNotRegular) : unreadable(path) }
    var status = stat()
    let failure = fstat(descriptor, &status) == 0 ? notRegular(path, status) : unreadable(path)
    guard let failure else { return (descriptor, Int(status.st_size)) }
    close(descriptor)
    throw failure
  }

  /// Returns the error of a path that is not a regular file; nil if it is one.
  private static func notRegular(_ path: String, _ status: stat) -> FileError? {
    switch kind(of: status) {
    case .file: nil
    case .folder: .init(path, .isFolder)
    case .other: .init(path, .isNotRegular)
    }
  }

  private static func read(
    _ descriptor: Int32, named path: String, size: Int, limit: Int, into bytes: inout [UInt8]
  ) throws(FileError) {
    try readPrefix(descriptor, named: path, size: size, limit + 1, into: &bytes)
    guard bytes.count <= limit else { throw .init(path, .tooLarge(limit: limit)) }
  }

  /// `size` is the reported size of the file.
  private static func readPrefix(
    _ descriptor: Int32, named path: String, size: Int, _ count: Int, into bytes: inout [UInt8]
  ) throws(FileError) {
    bytes.removeAll(keepingCapacity: true)
    // Request one byte more than the reported size, so that a short read and the read after it detect the end. Pipes and
    // files in /proc report size 0, and a sparse file can report any size, so large sizes are not trusted either.
    var step = (1..<1 << 26).contains(size) ? size + 1 : 1 << 16
    if bytes.capacity < step { bytes = [] }  // a larger copy would have twice the capacity
    while bytes.count < count {
      let added = append(min(step, count - bytes.count), from: descriptor, to: &bytes)
      guard added >= 0 else { throw unreadable(path) }
      if added == 0 { break }
      step = bytes.count == size ? 1 : 1 << 16
    }
  }

  /// Reads at most `count` bytes and appends them. Returns the number of bytes read, or -1 with `errno` set.
  private static func append(_ count: Int, from descriptor: Int32, to bytes: inout [UInt8]) -> Int {
    var added = 0
    bytes.append(addingCapacity: count) { span in
      span.withUnsafeMutableBufferPointer { buffer, initialized in
        added = retryingInterrupts { PerceptPlatform.read(descriptor, buffer.baseAddress, count) }
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
    (try? status(of: path)).map { kind(of: $0) }
  }

  private static func kind(of status: stat) -> Kind {
    switch status.st_mode & S_IFMT {
    case S_IFDIR: .folder
    case S_IFREG: .file
    default: .other
    }
  }

  /// Returns the size of a regular file in bytes. Throws ``FileError`` if it does not exist or is not a regular file.
  package static func size(of path: String) throws(FileError) -> Int {
    let status = try status(of: path)
    if let failure = notRegular(path, status) { throw failure }
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
  private static let errorsOfPaths = Platform.errorsOfPaths.union([
    EACCES, EPERM, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG, EINVAL, ENXIO, ENODEV, EOVERFLOW, EOPNOTSUPP, ETXTBSY,
  ])

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
