import PerceptIO
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("File system")
struct FileSystemTests {
  @Test("reading returns what was written, for any length", arguments: [0, 1, 65_535, 65_536, 65_537, 1_000_003])
  func roundTrip(count: Int) throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    try FileSystem.write(bytes, to: folder.path("a"), replacing: false)
    #expect(try FileSystem.read(folder.path("a")) == bytes)
  }

  @Test("files that do not report their size are read completely")
  func unknownLength() throws {
    #expect(try FileSystem.read("/proc/self/status").starts(with: "Name:".utf8))
  }

  @Test("a file is replaced only if allowed, and then completely")
  func replacing() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1, 2, 3], to: "a")
    #expect(throws: FileError(path, .alreadyExists)) { try FileSystem.write([4], to: path, replacing: false) }
    #expect(try FileSystem.read(path) == [1, 2, 3])
    try FileSystem.write([4], to: path, replacing: true)
    #expect(try FileSystem.read(path) == [4])
    #expect(try FileSystem.names(inFolder: folder.path) == ["a"], "a temporary file was left behind")
  }

  @Test("writing to a link keeps the link and writes its target; a pipe is never replaced")
  func links() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "target")
    #expect(symlink("target", folder.path("link")) == 0)
    try FileSystem.write([2], to: folder.path("link"), replacing: true)
    #expect(try FileSystem.read(folder.path("target")) == [2])
    #expect(FileSystem.isSame(folder.path("link"), folder.path("target")))
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    #expect(throws: FileError(folder.path("pipe"), .unwritable("not a regular file"))) {
      try FileSystem.write([1], to: folder.path("pipe"), replacing: true)
    }
    #expect(FileSystem.kind(of: folder.path("pipe")) == .other)
    #expect(try FileSystem.names(inFolder: folder.path) == ["link", "pipe", "target"])
  }

  @Test("reading a file beyond the limit is an error, but its prefix can be read")
  func limits() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1, 2, 3], to: "a")
    #expect(try FileSystem.read(path, limit: 3) == [1, 2, 3])
    #expect(throws: FileError(path, .tooLarge(limit: 2))) { try FileSystem.read(path, limit: 2) }
    #expect(try FileSystem.prefix(of: path, count: 2) == [1, 2])
    #expect(truncate(path, 1 << 40) == 0)
    #expect(throws: FileError(path, .tooLarge(limit: 1 << 30))) { try FileSystem.read(path) }
    #expect(try FileSystem.prefix(of: path, count: 100_000).count == 100_000)
  }

  @Test("pipes, devices and sockets are refused without waiting for them")
  func notRegular() throws {
    let folder = try TemporaryFolder()
    let (pipe, socket) = (folder.path("pipe"), folder.path("socket"))
    #expect(mkfifo(pipe, 0o600) == 0 && mknod(socket, S_IFSOCK | 0o600, 0) == 0)
    for path in [pipe, socket, "/dev/zero", "/dev/null"] {
      #expect(throws: FileError(path, .isNotRegular)) { try FileSystem.read(path) }
      #expect(throws: FileError(path, .isNotRegular)) { try FileSystem.prefix(of: path, count: 1) }
      #expect(throws: FileError(path, .isNotRegular)) { try FileSystem.size(of: path) }
    }
    #expect(symlink("pipe", folder.path("link")) == 0)
    #expect(throws: FileError(folder.path("link"), .isNotRegular)) { try FileSystem.read(folder.path("link")) }
  }

  @Test("errors state the reason")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write([1], to: "a")
    #expect(throws: FileError(folder.path("none"), .notFound)) { try FileSystem.read(folder.path("none")) }
    #expect(throws: FileError(folder.path, .isFolder)) { try FileSystem.read(folder.path) }
    #expect(throws: FileError(folder.path, .unwritable("is a folder"))) {
      try FileSystem.write([], to: folder.path, replacing: true)
    }
    #expect(throws: FileError(file, .isNotFolder)) { try FileSystem.names(inFolder: file) }
    #expect(throws: FileError(folder.path("none"), .notFound)) { try FileSystem.names(inFolder: folder.path("none")) }
    #expect(throws: FileError.self) { try FileSystem.write([1], to: folder.path("none/a"), replacing: true) }
  }

  @Test("a listing is sorted by bytes and omits names that begin with a dot")
  func listing() throws {
    let folder = try TemporaryFolder()
    for name in ["b.jpg", "B.jpg", ".hidden", "a10.jpg", "a9.jpg", "é.jpg", "sub/inner.jpg"] {
      try folder.write([], to: name)
    }
    #expect(
      try FileSystem.names(inFolder: folder.path) == ["B.jpg", "a10.jpg", "a9.jpg", "b.jpg", "sub", "é.jpg"])
  }

  @Test("a listing omits the files and folders that systems and network drives create")
  func systemNames() throws {
    let folder = try TemporaryFolder()
    for name in ["a/@eaDir/a.jpg/x", "a/b/__MACOSX/x", "a/Thumbs.db", "a/DESKTOP.INI", "#recycle/x", "a/b/eaDir"] {
      try folder.write([], to: name)
    }
    #expect(try FileSystem.names(inFolder: folder.path) == ["a"])
    #expect(try FileSystem.regularFiles(below: folder.path("a")) == ["b/eaDir"])
  }

  @Test("files, folders and missing items are distinguished")
  func kinds() throws {
    let folder = try TemporaryFolder()
    #expect(FileSystem.kind(of: try folder.write([1], to: "a")) == .file)
    #expect(FileSystem.kind(of: folder.path) == .folder)
    #expect(FileSystem.kind(of: folder.path("none")) == nil)
  }

  @Test("paths are split and joined")
  func paths() {
    #expect(FileSystem.path("a", "b") == "a/b")
    #expect(FileSystem.path("a/", "b") == "a/b")
    #expect(FileSystem.path("", "b") == "b")
    #expect(FileSystem.path("a", "/b") == "/b")
    #expect(FileSystem.folder(of: "/a/b") == "/a")
    #expect(FileSystem.folder(of: "/a") == "/")
    #expect(FileSystem.folder(of: "a").isEmpty)
    #expect(FileSystem.name(of: "/a/b/") == "b")
  }

  @Test("a temporary folder is removed with its contents when its last reference is released")
  func temporaryFolder() throws {
    var path = ""
    do {
      let folder = try TemporaryFolder()
      path = folder.path
      try folder.write([1], to: "deep/er/file")
      #expect(FileSystem.kind(of: path) == .folder)
    }
    #expect(FileSystem.kind(of: path) == nil)
  }
}
