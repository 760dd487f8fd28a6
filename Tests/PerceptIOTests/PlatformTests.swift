import CPerceptPlatform
import PerceptIO
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("The system")
struct PlatformTests {
  @Test("the arguments of the process are those that Swift finds")
  func arguments() {
    var count: Int32 = 0
    #expect(cplatform_arguments(&count) != nil && count == CommandLine.arguments.count)
    #expect(Platform.arguments == CommandLine.arguments)
  }

  @Test("a file without a name gets one, and has the content that was written before")
  func unnamedFile() throws {
    let folder = try TemporaryFolder()
    let file = Platform.openUnnamedFile(inFolder: folder.path("."), permissions: 0o600)
    try #require(file >= 0)
    defer { close(file) }
    #expect(try FileSystem.names(inFolder: folder.path(".")).isEmpty)
    #expect(pwrite(file, [1, 2, 3] as [UInt8], 3, 0) == 3)
    #expect(Platform.link(file, at: folder.path("named")))
    #expect(try FileSystem.read(folder.path("named")) == [1, 2, 3])
    #expect(!Platform.link(file, at: folder.path("named")) && errno == EEXIST)
  }

  @Test("space is reserved by enlarging the file")
  func reserved() throws {
    let folder = try TemporaryFolder()
    let file = open(folder.path("reserved"), O_RDWR | O_CREAT, 0o600)
    try #require(file >= 0)
    defer { close(file) }
    #expect(Platform.reserve(10_000, of: file))
    var status = stat()
    #expect(fstat(file, &status) == 0 && status.st_size == 10_000)
    #expect(!Platform.reserve(1, of: -1))
  }

  @Test("the resident memory contains memory that was written")
  func residentBytes() throws {
    let size = 64 << 20
    let memory = try #require(mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    defer { munmap(memory, size) }
    memset(memory, 1, size)
    #expect(try #require(Platform.residentBytes) >= size)
  }

  @Test("limits can be read and set")
  func limits() throws {
    let files = try #require(Platform.limit(of: .openFiles))
    #expect(files.rlim_cur > 3 && files.rlim_cur < 1 << 40)
    // Other tests run at the same time. They write smaller files than this limit.
    let limit = try #require(Platform.limit(of: .fileSize))
    var lower = limit
    lower.rlim_cur = 1 << 50
    Platform.setLimit(of: .fileSize, to: lower)
    defer { Platform.setLimit(of: .fileSize, to: limit) }
    #expect(Platform.limit(of: .fileSize)?.rlim_cur == 1 << 50)
  }
}
