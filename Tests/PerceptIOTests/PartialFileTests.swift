import PerceptIO
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("Partial files")
struct PartialFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Creates a file with a name that temporary files have, as a process leaves it that is killed.
  func leave(_ name: String) { close(open(folder.path(name), O_WRONLY | O_CREAT, 0o644)) }

  func exists(_ name: String) -> Bool {
    var status = stat()
    return lstat(folder.path(name), &status) == 0
  }

  @Test("writing removes what killed processes left in the folder, but no locked file and nothing else")
  func abandoned() throws {
    for name in [".percept-dead.partial", ".percept-live.partial", ".percept-other", "my.partial"] { leave(name) }
    #expect(mkfifo(folder.path(".percept-pipe.partial"), 0o600) == 0)
    #expect(symlink("my.partial", folder.path(".percept-link.partial")) == 0)
    try folder.makeFolder(".percept-folder.partial")
    let live = open(folder.path(".percept-live.partial"), O_RDONLY)
    #expect(flock(live, LOCK_EX) == 0)
    try FileSystem.write([1], to: folder.path("a"), replacing: false)
    #expect(!exists(".percept-dead.partial"))
    for name in ["live.partial", "other", "pipe.partial", "link.partial", "folder.partial"] {
      #expect(exists(".percept-" + name), "\(name)")
    }
    #expect(exists("my.partial"))
    close(live)
    try FileSystem.write([2], to: folder.path("a"), replacing: true)
    #expect(!exists(".percept-live.partial"))
  }

  @Test("a file appears when it is published, and one that is not published leaves nothing")
  func published() throws {
    for isPublished in [true, false] {
      let file = try PartialFile(for: folder.path("\(isPublished)"))
      let isWritten = [1, 2, 3].withUnsafeBytes { file.write($0, at: 5) }
      #expect(isWritten && !exists("true.partial") && !exists("\(isPublished)"))
      if isPublished { try file.publish(replacing: false) }
    }
    #expect(try FileSystem.read(folder.path("true")).prefix(6) == [0, 0, 0, 0, 0, 1])
    #expect(PartialFile.removeAbandoned(inFolder: folder.path) == 0)
    #expect(try FileSystem.names(inFolder: folder.path) == ["true"])
  }

  @Test("files of concurrent writers are not taken for abandoned ones")
  func concurrent() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask { [folder] in
          for byte in 0..<25 as Range<UInt8> {
            try FileSystem.write([byte], to: folder.path("\(writer)"), replacing: true)
          }
        }
      }
      try await group.waitForAll()
    }
    for writer in 0..<4 { #expect(try FileSystem.read(folder.path("\(writer)")) == [24]) }
  }
}
