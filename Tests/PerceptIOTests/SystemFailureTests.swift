import PerceptIO
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("Failures of the system")
struct SystemFailureTests {
  @Test(
    "an error of the system is distinguished from one of the path",
    arguments: [
      (EMFILE, true), (ENFILE, true), (ENOMEM, true), (EIO, true), (ESTALE, true), (ETIMEDOUT, true), (EACCES, false),
      (ELOOP, false), (EINVAL, false), (ENAMETOOLONG, false),
    ] as [(Int32, Bool)])
  func reasons(code: Int32, isSystemFailure: Bool) {
    errno = code
    let error = FileSystem.unreadable("a")
    #expect(error.reason.isSystemFailure == isSystemFailure)
    #expect(error.description.hasPrefix("a: cannot be read: " + String(cString: strerror(code))))
  }

  @Test("a disk that fails is a failure of the system, when a file or a folder is read")
  func disk() throws {
    // Address 0 of a process cannot be read.
    #expect(throws: FileError("/proc/self/mem", .systemFailure("Input/output error"))) {
      try FileSystem.read("/proc/self/mem")
    }
  }
}
