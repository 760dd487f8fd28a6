import CPerceptArchive
import PerceptPlatform

/// Reads an archive into a temporary file.
struct ArchiveReader {
  private(set) var items = noItems
  private let path: String
  let content: Int32
  private let limits: Archive.Limits
  private let byteLimit: Int
  private var (entries, folders, size) = (0, 1, 0)

  /// The items of an empty archive: itself.
  private static let noItems: [String: Archive.Item] = ["": .folder(names: [], number: 0)]

  /// `path` names the archive in error messages, `size` is its size in bytes, and `content` the temporary file, which is
  /// empty.
  init(_ path: String, size: Int, into content: Int32, _ limits: Archive.Limits) {
    (self.path, self.content, self.limits) = (path, content, limits)
    byteLimit = limits.freeBytes + limits.ratio * size
  }

  /// Forgets all items, but not the content of the temporary file.
  mutating func removeItems() { (items, folders) = (Self.noItems, 1) }

  mutating func read(_ source: Int32) throws(FileError) {
    var words = ""
    guard let reader = Self.withText(&words, { carchive_open(source, $0, $1) }) else { throw damaged(words) }
    defer { carchive_close(reader) }
    while true {
      var name: UnsafePointer<CChar>?
      let kind = Self.withText(&words) { carchive_next(reader, &name, $0, $1) }
      if kind == carchive_end { return }
      guard kind != carchive_failed else { throw damaged(words) }
      entries += 1
      try check(entries: entries)
      let member = try checked(name.map { String(cString: $0) } ?? "")
      switch kind {
      case carchive_folder: _ = try addFolder(member)
      case carchive_file:
        let start = size
        try copy(reader)
        try add(.file(header: [], offset: start, size: size - start), at: member)
      case carchive_link:
        throw refused("\(member) is a link; pack the files themselves, as tar --dereference --hard-dereference does")
      default: throw refused("\(member) is a device or a pipe")
      }
    }
  }

  /// Adds a file. It replaces an earlier one at the same path, as when an archive is unpacked.
  mutating func add(_ file: Archive.Item, at member: String) throws(FileError) {
    guard !member.isEmpty else { throw refused("an entry has no name") }
    if case .folder? = items[member] { throw refused("\(member) is both a file and a folder") }
    let folder = try addFolder(FileSystem.folder(of: member))
    guard case .folder(var names, let number)? = items.removeValue(forKey: folder) else { return }
    names.insert(FileSystem.name(of: member))
    items[folder] = .folder(names: names, number: number)
    items[member] = file
  }

  /// Adds a folder and those that contain it. Returns its path.
  private mutating func addFolder(_ member: String) throws(FileError) -> String {
    switch items[member] {
    case .folder: return member
    case .file: throw refused("\(member) is both a file and a folder")
    case nil: break
    }
    let parent = try addFolder(FileSystem.folder(of: member))
    guard case .folder(var names, let number)? = items.removeValue(forKey: parent) else { return member }
    names.insert(FileSystem.name(of: member))
    items[parent] = .folder(names: names, number: number)
    items[member] = .folder(names: [], number: folders)
    folders += 1
    return member
  }

  /// Returns a path without empty parts and dots. Throws if it leads out of the archive.
  private func checked(_ name: String) throws(FileError) -> String {
    guard name.utf8.count <= limits.pathLength else { throw refused("a path in it is too long") }
    let parts = name.split(separator: "/").filter { $0 != "." }
    guard !name.hasPrefix("/"), !parts.contains("..") else { throw refused("the path \(name) leads out of it") }
    return parts.joined(separator: "/")
  }

  private mutating func copy(_ reader: OpaquePointer) throws(FileError) {
    var words = ""
    var buffer = [UInt8](repeating: 0, count: 1 << 17)
    while true {
      let count = buffer.withUnsafeMutableBytes { bytes in
        Self.withText(&words) { carchive_read(reader, bytes.baseAddress, bytes.count, $0, $1) }
      }
      guard count >= 0 else { throw damaged(words) }
      if count == 0 { return }
      size += count
      guard size <= byteLimit else {
        throw refused("its content is more than \(limits.ratio) times larger than the archive; unpack it yourself")
      }
      guard FileSystem.writeAll(count == buffer.count ? buffer : Array(buffer.prefix(count)), to: content) else {
        throw .init(
          path, .systemFailure("it cannot be unpacked: \(FileSystem.words); set TMPDIR to a folder with more space"))
      }
    }
  }

  /// Throws if an archive with this many entries contains too many.
  func check(entries: Int) throws(FileError) {
    guard entries <= limits.entries else { throw refused("it contains more than \(limits.entries) entries") }
  }

  func damaged(_ words: String) -> FileError { .init(path, .unreadable("the archive is damaged (\(words))")) }

  func refused(_ words: String) -> FileError { .init(path, .unreadable("the archive is not accepted: \(words)")) }

  /// Calls a function with a buffer for an error message and its size. `words` receives the message in one line.
  private static func withText<Result>(
    _ words: inout String, _ call: (UnsafeMutablePointer<CChar>?, Int) -> Result
  ) -> Result {
    var text = [CChar](repeating: 0, count: 512)
    let result = text.withUnsafeMutableBufferPointer { call($0.baseAddress, $0.count) }
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: " ")
    return result
  }
}
