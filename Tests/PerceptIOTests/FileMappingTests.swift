import PerceptIO
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("File mapping")
struct FileMappingTests {
  let folder: TemporaryFolder
  let path: String
  let descriptor: Int32
  let mapping: FileMapping

  init() throws {
    folder = try TemporaryFolder()
    path = try folder.write([1, 2, 3], to: "a")
    setTime(path, 1_000_000)
    descriptor = open(path, O_RDWR)
    mapping = try #require(FileMapping(descriptor, of: path, size: 3))
  }

  @Test("a mapping outlives the descriptor and the name of its file")
  func removed() throws {
    close(descriptor)
    try FileSystem.remove(path)
    #expect(mapping.bytes.elementsEqual([1, 2, 3]))
    #expect(mapping.isUnchanged { false })
  }

  @Test("a write counts as a change unless the bytes are intact; then they count as unchanged until the next write")
  func written() {
    #expect(pwrite(descriptor, [4], 1, 0) == 1)
    #expect(mapping.bytes[0] == 4)
    #expect(!mapping.isUnchanged { false })
    #expect(mapping.isUnchanged { true })
    #expect(mapping.isUnchanged { false })
    setTime(path, 2_000_000)
    #expect(!mapping.isUnchanged { false })
    close(descriptor)
  }

  @Test("a file with another size has changed; its bytes are not read")
  func truncated() {
    #expect(ftruncate(descriptor, 0) == 0)
    var isRead = false
    let isUnchanged = mapping.isUnchanged {
      isRead = true
      return true
    }
    #expect(!isUnchanged && !isRead)
    close(descriptor)
  }
}

/// Sets the access and modification times of a file, in seconds since 1970.
private func setTime(_ path: String, _ seconds: Int) {
  utimensat(AT_FDCWD, path, Array(repeating: timespec(tv_sec: seconds, tv_nsec: 0), count: 2), 0)
}
