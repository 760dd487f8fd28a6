import Foundation
import PerceptIO
import PerceptTestSupport
import Testing

@Suite("Hosts on which Open MPI is missing")
struct MissingLibraryTests {
  @Test(
    "a launcher without its library, or with another one under its name, is an error that says what to install",
    arguments: ["not a library", ""])
  func noLibrary(content: String) throws {
    let folder = try TemporaryFolder()
    if content.isEmpty {
      let maps = String(decoding: try FileSystem.read("/proc/self/maps"), as: UTF8.self)
      let line = try #require(maps.split(separator: "\n").first { $0.hasSuffix("/libm.so.6") })
      try folder.write([], to: "lib/.hidden")
      #expect(symlink(String(line.drop { $0 != "/" }), folder.path("lib/libmpi.so.40")) == 0)
    } else {
      try folder.write(Array(content.utf8), to: "lib/libmpi.so.40")
    }
    let environment = [
      "LD_LIBRARY_PATH": folder.path("lib"), "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0",
    ]
    let result = try Program.percept("train", "nowhere", in: folder, environment: environment)
    #expect(result.status == 69)
    #expect(
      result.errors
        == "Error: mpirun has started several processes, but libmpi.so.40 of Open MPI 3 or later was not found (Debian: "
        + "apt install openmpi-bin) (on host \(ProcessInfo.processInfo.hostName), rank 0)\n")
  }
}

@Suite("Failures of one of several processes", .enabled(if: MPI.isInstalled, "Open MPI is not installed"), .serialized)
struct ClusterFailureTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 130), ("faces/b", 101)], side: 16)
  }

  /// Runs a command in three processes, and expects that all end within 10 seconds, with one message.
  func expectFailure(_ program: Program, status: Int32, message: String) throws {
    let start = ContinuousClock.now
    let result = try MPI.run(
      3, ["train", "faces", "--iterations", "3", "-o", "m.safetensors"], of: program, in: folder)
    #expect(ContinuousClock.now - start < .seconds(10))
    #expect(result.status == status)
    #expect(result.errors.components(separatedBy: "Error: ").count == 2, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(FileSystem.kind(of: folder.path("m.safetensors")) == nil)
  }

  @Test("a host without Open MPI is named")
  func noLibrary() throws {
    try folder.write(Array("not a library".utf8), to: "lib/libmpi.so.40")
    let line = "[ $rank != 2 ] || export LD_LIBRARY_PATH=\(folder.path("lib"))"
    try expectFailure(
      MPI.percept(after: line, in: folder), status: 69,
      message: "apt install openmpi-bin) (on host \(ProcessInfo.processInfo.hostName), rank 2)")
  }

  @Test("hosts with different versions are named")
  func versions() throws {
    // The same program with another version, which the compiler has stored in words of eight bytes.
    let version = try #require(try percept("--version").lines.first)
    let other = String(version.dropLast()) + (version.hasSuffix("9") ? "8" : "9")
    func word(_ text: String) -> Data { Data(text.utf8) + Data(count: max(0, 8 - text.utf8.count)) }
    var program = try Data(contentsOf: URL(fileURLWithPath: percept.path))
    var position = program.startIndex
    while let found = program.range(of: word(version), in: position..<program.endIndex) {
      program.replaceSubrange(found, with: word(other))
      position = found.upperBound
    }
    try folder.write(Array(program), to: "other")
    #expect(chmod(folder.path("other"), 0o755) == 0)
    #expect(try Program(path: folder.path("other"))("--version").lines.first == other)
    let line = "[ $rank != 1 ] || exec ./other \"$@\""
    let host = ProcessInfo.processInfo.hostName
    try expectFailure(
      MPI.percept(after: line, in: folder), status: 69,
      message: "Error: hosts have different versions of percept (\(host): \(version), \(host): \(other))")
  }

  @Test("an image that the system cannot read on one host ends all, with the host and the reason")
  func failingDisk() throws {
    for name in ["good", "failing"] { try folder.addImages([("\(name)/faces/a", 9), ("\(name)/faces/b", 9)], side: 8) }
    for index in 0..<9 {
      let path = folder.path("failing/faces/b/000\(index).png")
      #expect(unlink(path) == 0 && symlink("/proc/self/mem", path) == 0)
    }
    let line = "if [ $rank = 2 ]; then cd failing; else cd good; fi"
    try expectFailure(
      MPI.percept(after: line, in: folder), status: 74, message: "cannot be read: Input/output error (on host ")
  }

  @Test("a disk that becomes full during training keeps the last checkpoint, which any number of processes resumes")
  func fullDisk() throws {
    let arguments = [
      "train", "faces", "--image-size", "16", "--form", "primal", "--learning-rate", "0.005", "--iterations", "4000",
      "--quiet", "--checkpoint-every", "100", "-o",
    ]
    #expect(try percept(arguments + ["1.safetensors"], in: folder).status == 0)
    let checkpoint = folder.path("m.safetensors.checkpoint")
    let result = try MPI.run(3, arguments + ["m.safetensors"], in: folder) { mpirun in
      while FileSystem.kind(of: checkpoint) == nil, kill(mpirun, 0) == 0 { usleep(500) }
      // Files cannot grow beyond 1024 bytes any more.
      for process in MPI.processes(of: mpirun) {
        let change = try? Program(path: "/usr/bin/prlimit")("--pid", "\(process)", "--fsize=1024")
        #expect(change?.status == 0)
      }
    }
    #expect(result.status == 73)
    let host = ProcessInfo.processInfo.hostName
    #expect(
      result.errors.contains(
        "Error: m.safetensors: cannot be written: File too large (on host \(host), rank 0 of 3)\n"),
      "\(result.errors)")
    let warning = "Warning: m.safetensors.checkpoint: cannot be written: File too large; training continues without"
    #expect(result.errors.components(separatedBy: warning).count == 2, "\(result.errors)")
    #expect(result.errors.components(separatedBy: "Error: ").count == 2, "\(result.errors)")
    #expect(
      try FileSystem.names(inFolder: folder.path).sorted() == ["1.safetensors", "faces", "m.safetensors.checkpoint"])
    let resumed = try MPI.run(2, arguments + ["m.safetensors", "--resume"], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try FileSystem.read(folder.path("m.safetensors")) == FileSystem.read(folder.path("1.safetensors")))
  }
}
