import PerceptIO
import PerceptImages
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("Shortages: a limit of files, a disk that fails, and files that change while they are in use")
struct ShortageTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 12), ("faces/b", 12)])
  }

  var environment: [String: String?] { ["XDG_CACHE_HOME": folder.path("cache")] }

  /// Runs the program with a limit that the shell sets. The process that runs the tests may ignore SIGXFSZ, and child
  /// processes inherit this.
  func run(_ limit: String, _ arguments: [String]) throws -> Program.Result {
    let script = "\(limit); exec env --default-signal=XFSZ \"$0\" \"$@\""
    return try Program(path: "/bin/bash")(
      ["-c", script, percept.path] + arguments, in: folder, environment: environment)
  }

  func model(_ name: String = "m.safetensors") throws -> [UInt8] { try FileSystem.read(folder.path(name)) }

  @Test(
    "a disk that fails ends commands with the file and the reason, instead of skipping the file",
    arguments: ["train", "explore", "tune", "cross-validate"])
  func failingDisk(command: String) throws {
    #expect(symlink("/proc/self/mem", folder.path("faces/a/failing.png")) == 0)
    let result = try percept([command, "faces"], in: folder)
    #expect(result.status == 74)
    #expect(result.errors.contains("Error: faces/a/failing.png: cannot be read: Input/output error\n"))
    #expect(FileSystem.kind(of: folder.path("faces.safetensors")) == nil)
  }

  @Test("if too few files may be open, commands end with the reason, instead of skipping images", arguments: [4, 9])
  func openFiles(limit: Int) throws {
    for command in ["train", "explore"] {
      let result = try run("ulimit -n \(limit)", [command, "faces"])
      #expect(result.status == 74)
      #expect(result.errors.hasPrefix("Error: too many open files: the limit of \(limit) leaves "), "\(result.errors)")
    }
    #expect(FileSystem.kind(of: folder.path("faces.safetensors")) == nil)
  }

  @Test("too little memory for an image ends commands with the reason, instead of skipping the image")
  func memory() throws {
    let side = 5000
    let image = Image(width: side, height: side, color: .rgb, pixels: Array(repeating: 100, count: 3 * side * side))
    try folder.write(image.encodedPNG(), to: "faces/b/large.png")
    let result = try run("ulimit -d 65536", ["train", "faces", "--no-cache"])
    #expect(result.status == 74)
    #expect(result.errors == "Error: faces/b/large.png: not enough memory to decode the image\n")
  }

  @Test("beyond the file size limit, checkpoints are a warning, and the model is the same")
  func smallCheckpoints() throws {
    let arguments = [
      "train", "faces", "--image-size", "8", "--hidden", "20", "--epochs", "30", "--checkpoint-every", "5", "--quiet",
      "--no-cache", "-o",
    ]
    #expect(try percept(arguments + ["n.safetensors"], in: folder).status == 0)
    let size = try model("n.safetensors").count
    let result = try run("ulimit -f \(size / 1024 + 1)", arguments + ["m.safetensors"])
    #expect(result.status == 0)
    #expect(try model() == model("n.safetensors"))
    let warning = "Warning: m.safetensors.checkpoint: cannot be written: File too large; training continues without"
    #expect(result.errors.split(separator: "\n").count { $0.hasPrefix(warning) } == 1, "\(result.errors)")
  }

  @Test("beyond the file size limit, a model is an error, and the old one is kept")
  func smallModel() throws {
    try folder.write([1], to: "m.safetensors")
    let result = try run("ulimit -f 8", ["train", "faces", "--force", "--no-cache", "-o", "m.safetensors"])
    #expect(result.status == 73)
    #expect(result.errors.hasSuffix("Error: m.safetensors: cannot be written: File too large\n"), "\(result.errors)")
    #expect(try model() == [1])
    #expect(try FileSystem.names(inFolder: folder.path) == ["faces", "m.safetensors"])
  }

  @Test("beyond the file size limit, a log ends with a warning, and the model is the same")
  func smallLog() throws {
    let arguments = ["train", "faces", "--image-size", "4", "--cost-every", "1", "--no-cache", "--quiet", "-o"]
    #expect(try percept(arguments + ["n.safetensors"], in: folder).status == 0)
    let size = try model("n.safetensors").count
    let result = try run("ulimit -f \(size / 1024 + 1)", arguments + ["m.safetensors", "--log", "log.jsonl"])
    #expect(result.status == 0)
    #expect(try model() == model("n.safetensors"))
    #expect(
      result.errors == "Warning: log.jsonl: cannot be written: File too large; training continues without a log.\n")
  }

  /// Trains until the cache file, which a first run wrote, has been changed during the training.
  func train(whileChanging change: (String) -> Void) throws -> (result: Program.Result, cache: String) {
    let arguments = [
      "train", "faces", "--image-size", "32", "--form", "primal", "--iterations", "200000", "--checkpoint-every", "50",
      "--quiet", "-o",
    ]
    let first = arguments.map { $0 == "200000" ? "1" : $0 }
    #expect(try percept(first + ["n.safetensors"], in: folder, environment: environment).status == 0)
    let names = try FileSystem.names(inFolder: folder.path("cache/percept/pixels"))
    try #require(names.count == 1)
    let cache = folder.path("cache/percept/pixels/" + names[0])
    let result = try percept(arguments + ["m.safetensors"], in: folder, environment: environment) { process in
      while FileSystem.kind(of: folder.path("m.safetensors.checkpoint")) == nil, kill(process, 0) == 0 { usleep(500) }
      change(cache)
    }
    return (result, cache)
  }

  @Test("a cache file that is truncated while it is mapped is named, without a signal")
  func truncated() throws {
    let (result, cache) = try train { truncate($0, 4096) }
    #expect(result.status == 74)
    #expect(result.errors.hasPrefix("Error: \(cache): "), "\(result.errors)")
    #expect(FileSystem.kind(of: folder.path("m.safetensors")) == nil)
  }

  @Test("a cache file that is overwritten while it is mapped is noticed before a model is written")
  func overwritten() throws {
    let (result, cache) = try train { path in
      let file = open(path, O_WRONLY)
      defer { close(file) }
      #expect(pwrite(file, [1, 2, 3, 4], 4, off_t(lseek(file, 0, SEEK_END)) - 4) == 4)
    }
    #expect(result.status == 74)
    #expect(result.errors == "Error: \(cache): changed while it was in use; run the command again\n")
    #expect(FileSystem.kind(of: folder.path("m.safetensors")) == nil)
  }
}
