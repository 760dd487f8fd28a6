import Glibc

/// The little of the file system that Percept uses: whole files in, whole files out, and sorted listings.
public enum FileSystem {
  /// What ``read(_:limit:)`` reads at most unless the caller says otherwise: 1 GiB.
  public static let defaultLimit = 1 << 30

  /// The whole content of a regular file (or of a pipe).
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: how many bytes it may hold; memory is taken only for what is there.
  /// - Returns: its bytes.
  /// - Throws: ``FileError`` when there is no such file, it is a folder, too large, or cannot be read.
  public static func read(_ path: String, limit: Int = defaultLimit) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    try read(path, limit: limit, into: &bytes)
    return bytes
  }

  /// The whole content of a file in place of what `bytes` held, in its memory where that suffices.
  package static func read(_ path: String, limit: Int, into bytes: inout [UInt8]) throws(FileError) {
    try readPrefix(of: path, count: limit == .max ? limit : limit + 1, into: &bytes)
    guard bytes.count <= limit else { throw .init(path, .tooLarge(limit: limit)) }
  }

  /// The beginning of a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - count: how many bytes are wanted.
  /// - Returns: that many, or all where the file holds fewer.
  /// - Throws: ``FileError`` when there is no such file, it is a folder, or cannot be read.
  public static func prefix(of path: String, count: Int) throws(FileError) -> [UInt8] {
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
    // One byte more than the file is said to hold: a read that does not fill it and the one after it find the end. Pipes
    // and the files of /proc say 0, and a file of holes says more than anyone wants.
    let expected = Int(status.st_size)
    var step = (1..<1 << 26).contains(expected) ? expected + 1 : 1 << 16
    while bytes.count < count {
      let added = append(min(step, count - bytes.count), from: descriptor, to: &bytes)
      guard added >= 0 else { throw .init(path, .unreadable(words)) }
      if added == 0 { break }
      step = bytes.count == expected ? 1 : 1 << 16
    }
  }

  /// Reads at most `count` bytes behind those that are there; gives how many, or -1 with the system's error.
  private static func append(_ count: Int, from descriptor: Int32, to bytes: inout [UInt8]) -> Int {
    var added = 0
    bytes.append(addingCapacity: count) { room in
      room.withUnsafeMutableBufferPointer { buffer, initialized in
        added = retryingInterrupts { Glibc.read(descriptor, buffer.baseAddress, count) }
        initialized = max(added, 0)
      }
    }
    return added
  }

  /// What stands at a path.
  public enum Kind: Sendable, Equatable {
    /// A regular file.
    case file
    /// A folder.
    case folder
    /// A pipe, a device or a socket.
    case other
  }

  /// What stands at `path`, symbolic links followed; nil where nothing does, or nothing that may be seen.
  public static func kind(of path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG: return .file
    default: return .other
    }
  }

  /// How many bytes a file holds; 0 for pipes.
  ///
  /// - Throws: ``FileError`` when there is no such file or it is a folder.
  public static func size(of path: String) throws(FileError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw unreadable(path) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .init(path, .isFolder) }
    return Int(status.st_size)
  }

  /// `name` inside `folder`, as one path.
  public static func path(_ folder: String, _ name: String) -> String {
    if name.hasPrefix("/") || folder.isEmpty { return name }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The folder part of a path, empty where it has none.
  public static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  public static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// `path` from the root; an empty path is the current folder. Links and `..` are left as they are.
  public static func absolutePath(_ path: String) throws(FileError) -> String {
    if path.hasPrefix("/") { return path }
    guard let current = getcwd(nil, 0) else { throw .init(path, .unreadable(words)) }
    defer { free(current) }
    let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    return relative.isEmpty ? String(cString: current) : String(cString: current) + "/" + relative
  }

  /// The last system error as what kept a path from being read.
  static func unreadable(_ path: String) -> FileError {
    switch errno {
    // A name that is not UTF-8 reaches us repaired, and no file has the repaired name.
    case ENOENT where path.unicodeScalars.contains("\u{FFFD}"):
      .init(path, .unreadable("its name is not UTF-8; rename it"))
    case ENOENT: .init(path, .notFound)
    default: .init(path, .unreadable(words))
    }
  }

  /// The last system error, in words.
  static var words: String { String(cString: strerror(errno)) }

  static func retryingInterrupts(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}
