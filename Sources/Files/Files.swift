import Glibc

/// The little of the file system that Percept uses: whole files in, whole files out, and sorted listings.
public enum Files {
  /// The content of a regular file (or a pipe), or its beginning.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: how many bytes to read at most.
  /// - Returns: its bytes.
  /// - Throws: ``FileError`` when there is no such file, it is a folder, or it cannot be read.
  public static func read(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw errno == ENOENT ? .init(path, .notFound) : .init(path, .unreadable(words)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .init(path, .unreadable(words)) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .init(path, .isFolder) }
    var bytes = [UInt8]()
    var failure: FileError?
    // One byte more than the file is said to hold: a read that does not fill it and the one after it find the end. Pipes
    // and the files of /proc say 0.
    let expected = Int(status.st_size)
    var step = expected > 0 ? expected + 1 : 1 << 16
    while bytes.count < limit {
      let offset = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: min(step, limit - offset)))
      let room = bytes.count - offset
      let count = bytes.withUnsafeMutableBytes { buffer in
        retryingInterrupts { Glibc.read(descriptor, buffer.baseAddress.map { $0 + offset }, room) }
      }
      if count < 0 { failure = .init(path, .unreadable(words)) }
      bytes.removeLast(room - max(count, 0))
      if count <= 0 { break }
      step = bytes.count == expected ? 1 : 1 << 16
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes a file so that readers see the old content or the new, never a part: a temporary file beside it is
  /// written, synchronised and renamed.
  ///
  /// - Parameters:
  ///   - bytes: the whole content.
  ///   - path: the file to make.
  ///   - replacing: whether a file that is already there may be replaced.
  /// - Throws: ``FileError``; nothing is left behind then.
  public static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(FileError) {
    try checkCanWrite(path, replacing: replacing)
    let temporary = "\(path).\(getpid()).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .init(path, .unwritable(words)) }
    var failure: FileError?
    if !writeAll(bytes, to: descriptor) || fsync(descriptor) != 0 { failure = .init(path, .unwritable(words)) }
    if close(descriptor) != 0, failure == nil { failure = .init(path, .unwritable(words)) }
    if failure == nil { failure = publish(temporary, as: path, replacing: replacing) }
    if let failure {
      unlink(temporary)
      throw failure
    }
  }

  /// Finds out, before long work, whether ``write(_:to:replacing:)`` has a chance.
  ///
  /// - Parameters:
  ///   - path: the file to make.
  ///   - replacing: whether a file that is already there may be replaced.
  /// - Throws: ``FileError`` when something stands in the way, or the folder is missing or may not be written.
  public static func checkCanWrite(_ path: String, replacing: Bool) throws(FileError) {
    switch kind(of: path) {
    case .folder: throw .init(path, .unwritable("a folder stands there"))
    case .file: if !replacing { throw .init(path, .alreadyExists) }
    case nil: break
    }
    let folder = folder(of: path)
    guard access(folder.isEmpty ? "." : folder, W_OK | X_OK) == 0 else { throw .init(path, .unwritable(words)) }
  }

  /// What stands at a path.
  public enum Kind: Sendable, Equatable {
    /// A regular file, or anything that reads like one.
    case file
    /// A folder.
    case folder
  }

  /// What stands at `path`, symbolic links followed; nil where nothing does.
  public static func kind(of path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
  }

  /// How many bytes a file holds.
  ///
  /// - Throws: ``FileError`` when there is no such file or it is a folder.
  public static func size(of path: String) throws(FileError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .init(path, .notFound) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .init(path, .isFolder) }
    return Int(status.st_size)
  }

  /// The names in a folder, sorted by their bytes, without those that begin with a dot.
  ///
  /// - Parameter path: the folder.
  /// - Returns: names, not paths.
  /// - Throws: ``FileError`` when there is no such folder or it cannot be read.
  public static func names(inFolder path: String) throws(FileError) -> [String] {
    guard let folder = opendir(path) else {
      switch errno {
      case ENOENT: throw .init(path, .notFound)
      case ENOTDIR: throw .init(path, .isNotFolder)
      default: throw .init(path, .unreadable(words))
      }
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
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

  /// The last system error, in words.
  private static var words: String { String(cString: strerror(errno)) }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = retryingInterrupts {
          Glibc.write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
        }
        if count <= 0 { return false }
        offset += count
      }
      return true
    }
  }

  /// Gives a finished temporary file its name. Where nothing may be replaced a hard link does it, which fails if
  /// another process was faster.
  private static func publish(_ temporary: String, as path: String, replacing: Bool) -> FileError? {
    if replacing { return rename(temporary, path) == 0 ? nil : .init(path, .unwritable(words)) }
    if link(temporary, path) == 0 {
      unlink(temporary)
      return nil
    }
    if errno == EEXIST { return .init(path, .alreadyExists) }
    return rename(temporary, path) == 0 ? nil : .init(path, .unwritable(words))  // no hard links on this file system
  }

  private static func retryingInterrupts(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}

extension Files {
  /// The regular files below a folder, at any depth, as paths relative to it: sorted, without anything whose name begins
  /// with a dot, each folder visited once however links lead to it.
  ///
  /// - Parameter path: the folder.
  /// - Returns: relative paths, not names.
  /// - Throws: ``FileError`` when a folder cannot be read.
  public static func regularFiles(below path: String) throws(FileError) -> [String] {
    var files: [String] = []
    var visited: Set<FolderIdentity> = []
    try collect(path, prefix: "", into: &files, visited: &visited)
    return files
  }

  private struct FolderIdentity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  private static func collect(
    _ folder: String, prefix: String, into files: inout [String], visited: inout Set<FolderIdentity>
  ) throws(FileError) {
    var status = stat()
    guard stat(folder, &status) == 0,
      visited.insert(.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))).inserted
    else { return }
    for name in try names(inFolder: folder) {
      let whole = self.path(folder, name)
      guard stat(whole, &status) == 0 else {
        files.append(prefix + name)  // a dangling link: reading it will say so
        continue
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try collect(whole, prefix: prefix + name + "/", into: &files, visited: &visited)
      case S_IFREG: files.append(prefix + name)
      default: continue
      }
    }
  }
}
