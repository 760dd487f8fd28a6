import PerceptIO
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("File stamp")
struct FileStampTests {
  @Test("an unchanged file keeps its stamp, and every write changes it, even immediately after another")
  func writes() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([0], to: "a")
    for byte in 1...50 as ClosedRange<UInt8> {
      let stamp = try #require(FileStamp(path))
      #expect(FileStamp(path) == stamp)
      let descriptor = open(path, O_WRONLY)
      #expect(pwrite(descriptor, [byte], 1, 0) == 1)
      close(descriptor)
      #expect(FileStamp(path) != stamp)
    }
  }

  @Test("resetting the modification time does not hide a change")
  func timeSetBack() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([0], to: "a")
    let time = [timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000, tv_nsec: 0)]
    utimensat(AT_FDCWD, path, time, 0)
    let stamp = try #require(FileStamp(path))
    try folder.write([1], to: "a")
    utimensat(AT_FDCWD, path, time, 0)
    let later = try #require(FileStamp(path))
    #expect(later.size == stamp.size && later.modified == stamp.modified && later != stamp)
  }

  @Test("a missing file has no stamp")
  func missing() {
    #expect(FileStamp("/nonexistent") == nil)
  }
}
