import Glibc

/// The little of the file system that Percept uses: whole files in, whole files out, and sorted listings.
public enum Files {
  /// The whole content of a regular file (or a pipe).
  ///
  /// - Parameter path: the file.
  /// - Returns: its bytes.
  /// - Throws: ``FileError`` when there is no such file, it is a folder, or it cannot be read.
  public static func read(_ path: String) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw errno == ENOENT ? .init(path, .notFound) : .init(path, .unreadable(words)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .init(path, .unreadable(words)) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .init(path, .isFolder) }
    var bytes = [UInt8]()
    bytes.reserveCapacity(Int(status.st_size) + 1)
    var failure: FileError?
    var step = max(Int(status.st_size), 1 << 16)
    repeat {
      let offset = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: step))
      let count = bytes.withUnsafeMutableBytes { buffer in
        retryingInterrupts { Glibc.read(descriptor, buffer.baseAddress.map { $0 + offset }, step) }
      }
      if count < 0 { failure = .init(path, .unreadable(words)) }
      bytes.removeLast(step - max(count, 0))
      if count <= 0 { break }
      step = 1 << 16
    } while true
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
    if kind(of: path) == .folder { throw .init(path, .isFolder) }
    if !replacing, kind(of: path) != nil { throw .init(path, .alreadyExists) }
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
