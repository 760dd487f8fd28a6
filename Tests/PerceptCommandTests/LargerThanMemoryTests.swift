import Foundation
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Data larger than memory")
struct LargerThanMemoryTests {
  @Test(
    "training on 200 MB of pixels within 48 MB of memory gives the same model as in memory",
    .enabled(if: MemoryLimit.isPossible, "a memory control group cannot be created (requires root)"))
  func training() throws {
    let folder = try TemporaryFolder()
    try Self.writeImages(count: 12_200, side: 128, to: folder)
    let arguments = ["train", "data", "--iterations", "2", "--learning-rate", "0.001", "--quiet"]
    let inMemory = try Program.percept(arguments + ["--no-cache", "-o", "a.safetensors"], in: folder)
    #expect(inMemory.status == 0, "\(inMemory.errors)")
    let limit = try MemoryLimit(bytes: 48 << 20)
    let script = #"echo $$ >"$0" && exec "$@""#
    for name in ["decoded", "kept"] {
      let result = try Program(path: "/bin/sh")(
        ["-c", script, limit.processes, Program.percept.path] + arguments + ["-o", "\(name).safetensors"], in: folder,
        environment: ["XDG_CACHE_HOME": folder.path("cache")])
      #expect(result.status == 0, "\(name): \(result.errors)")
      #expect(try FileSystem.read(folder.path("\(name).safetensors")) == FileSystem.read(folder.path("a.safetensors")))
    }
    #expect(try FileSystem.names(inFolder: folder.path("cache/percept/pixels")).count == 1)
  }

  /// Writes an IDX file of noise images, brighter for every other image, one image at a time.
  private static func writeImages(count: Int, side: Int, to folder: TemporaryFolder) throws {
    func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
    try folder.write([0, 0, 8, 1] + number(count) + (0..<count).map { UInt8($0 % 2) }, to: "data/labels-idx1-ubyte")
    try folder.write([0, 0, 8, 3] + number(count) + number(side) + number(side), to: "data/images-idx3-ubyte")
    let file = try #require(FileHandle(forWritingAtPath: folder.path("data/images-idx3-ubyte")))
    try file.seekToEnd()
    let noise = TestImages.noise(seed: 1, width: side, height: 3 * side, color: .gray).pixels
    let classes = [noise.map { $0 / 2 }, noise.map { $0 / 2 + 40 }].map { Data($0) }
    for index in 0..<count {
      let start = index * 37 % (2 * side * side)
      try file.write(contentsOf: classes[index % 2][start..<start + side * side])
    }
    try file.close()
  }
}

/// A memory control group, version 1 or 2, that is removed with its last reference.
private final class MemoryLimit {
  private static let root =
    FileSystem.kind(of: "/sys/fs/cgroup/memory") == .folder ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup"
  private static let file = ["memory.limit_in_bytes", "memory.max"]

  static var isPossible: Bool { (try? MemoryLimit(bytes: 1 << 30)) != nil }

  private let folder: String
  /// The file to which a process writes its id to join the group.
  var processes: String { folder + "/cgroup.procs" }

  init(bytes: Int) throws {
    folder = Self.root + "/percept-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    guard let name = Self.file.first(where: names.contains),
      let file = FileHandle(forWritingAtPath: folder + "/" + name)
    else {
      rmdir(folder)
      throw CocoaError(.fileWriteNoPermission)
    }
    try file.write(contentsOf: Data("\(bytes)".utf8))
  }

  deinit { rmdir(folder) }
}
