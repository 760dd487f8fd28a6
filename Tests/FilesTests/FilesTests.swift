import Files
import Glibc
import TestSupport
import Testing

@Suite("Files")
struct FilesTests {
  @Test("gives back what was written, of any length", arguments: [0, 1, 65_535, 65_536, 65_537, 1_000_003])
  func roundTrip(count: Int) throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    try Files.write(bytes, to: folder.path("a"), replacing: false)
    #expect(try Files.read(folder.path("a")) == bytes)
  }

  @Test("reads files that do not say how long they are")
  func unknownLength() throws {
    #expect(try Files.read("/proc/self/status").starts(with: "Name:".utf8))
    #expect(try Files.read("/dev/null").isEmpty)
  }

  @Test("does not replace unless told to, and then whole")
  func replacing() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1, 2, 3], to: "a")
    #expect(throws: FileError(path, .alreadyExists)) { try Files.write([4], to: path, replacing: false) }
    #expect(try Files.read(path) == [1, 2, 3])
    try Files.write([4], to: path, replacing: true)
    #expect(try Files.read(path) == [4])
    #expect(try Files.names(inFolder: folder.path) == ["a"], "nothing temporary stays")
  }

  @Test("a link stays and what it leads to is written; a pipe is never replaced")
  func links() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "target")
    #expect(symlink("target", folder.path("link")) == 0)
    try Files.write([2], to: folder.path("link"), replacing: true)
    #expect(try Files.read(folder.path("target")) == [2])
    #expect(Files.isSame(folder.path("link"), folder.path("target")))
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    #expect(throws: FileError(folder.path("pipe"), .unwritable("what stands there is not a regular file"))) {
      try Files.write([1], to: folder.path("pipe"), replacing: true)
    }
    #expect(Files.kind(of: folder.path("pipe")) == .other)
    #expect(try Files.names(inFolder: folder.path) == ["link", "pipe", "target"])
  }

  @Test("a file beyond the limit is refused, and its beginning can be read")
  func limits() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1, 2, 3], to: "a")
    #expect(try Files.read(path, limit: 3) == [1, 2, 3])
    #expect(throws: FileError(path, .tooLarge(limit: 2))) { try Files.read(path, limit: 2) }
    #expect(try Files.prefix(of: path, count: 2) == [1, 2])
    #expect(try Files.prefix(of: "/dev/zero", count: 100_000).count == 100_000)
  }

  @Test("says what is in the way")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write([1], to: "a")
    #expect(throws: FileError(folder.path("none"), .notFound)) { try Files.read(folder.path("none")) }
    #expect(throws: FileError(folder.path, .isFolder)) { try Files.read(folder.path) }
    #expect(throws: FileError(folder.path, .unwritable("a folder stands there"))) {
      try Files.write([], to: folder.path, replacing: true)
    }
    #expect(throws: FileError(file, .isNotFolder)) { try Files.names(inFolder: file) }
    #expect(throws: FileError(folder.path("none"), .notFound)) { try Files.names(inFolder: folder.path("none")) }
    #expect(throws: FileError.self) { try Files.write([1], to: folder.path("none/a"), replacing: true) }
  }

  @Test("lists names sorted by their bytes, without those that begin with a dot")
  func listing() throws {
    let folder = try TemporaryFolder()
    for name in ["b.jpg", "B.jpg", ".hidden", "a10.jpg", "a9.jpg", "é.jpg", "sub/inner.jpg"] {
      try folder.write([], to: name)
    }
    #expect(
      try Files.names(inFolder: folder.path) == ["B.jpg", "a10.jpg", "a9.jpg", "b.jpg", "sub", "é.jpg"])
  }

  @Test("tells files from folders and from nothing")
  func kinds() throws {
    let folder = try TemporaryFolder()
    #expect(Files.kind(of: try folder.write([1], to: "a")) == .file)
    #expect(Files.kind(of: folder.path) == .folder)
    #expect(Files.kind(of: folder.path("none")) == nil)
  }

  @Test("takes paths apart and puts them together")
  func paths() {
    #expect(Files.path("a", "b") == "a/b")
    #expect(Files.path("a/", "b") == "a/b")
    #expect(Files.path("", "b") == "b")
    #expect(Files.path("a", "/b") == "/b")
    #expect(Files.folder(of: "/a/b") == "/a")
    #expect(Files.folder(of: "/a") == "/")
    #expect(Files.folder(of: "a").isEmpty)
    #expect(Files.name(of: "/a/b/") == "b")
  }

  @Test("a temporary folder goes with its last reference, with all it holds")
  func temporaryFolder() throws {
    var path = ""
    do {
      let folder = try TemporaryFolder()
      path = folder.path
      try folder.write([1], to: "deep/er/file")
      #expect(Files.kind(of: path) == .folder)
    }
    #expect(Files.kind(of: path) == nil)
  }
}
