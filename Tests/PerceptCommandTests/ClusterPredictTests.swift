import Foundation
import PerceptIO
import PerceptTestSupport
import Testing

@Suite("percept predict in several processes", .enabled(if: MPI.isInstalled, "Open MPI is not installed"), .serialized)
struct ClusterPredictTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 6), ("faces/b", 6), ("faces/c", 6)])
    let training = ["train", "faces", "--image-size", "6", "--iterations", "50", "-o", "m.safetensors"]
    #expect(try percept(training, in: folder).status == 0)
    try folder.addImages([("new/a", 9), ("new/deep/b", 8)], seed: 2)
    try folder.write(Array("A note, not an image".utf8), to: "new/deep/notes.txt")
    try folder.write(Array(try FileSystem.read(folder.path("new/a/0000.png")).prefix(60)), to: "cut.png")
    // Texts in CSV are not escaped, unless a terminal shows them.
    try folder.write(try FileSystem.read(folder.path("new/a/0001.png")), to: "new/\u{1B}[1m, \"b\".png")
  }

  /// Runs a command alone and in 2 and 3 processes, and expects the same output, messages and exit code.
  func expectSame(_ arguments: [String], input: String = "", status: Int32) throws {
    let bytes = Array(input.utf8)
    let one = try percept(arguments, in: folder, input: bytes)
    #expect(one.status == status && !one.output.isEmpty, "\(one.errors)")
    for ranks in [2, 3] {
      let several = try MPI.run(ranks, arguments, in: folder, input: bytes)
      #expect(several.output == one.output)
      #expect(MPI.errors(of: several) == one.errors)
      #expect(several.status == one.status)
    }
  }

  @Test(
    "prints the same as one process, in the order given, in every format",
    arguments: ["", "--json", "--csv", "--csv --reject-below 0.6"])
  func formats(flags: String) throws {
    let own = flags.split(separator: " ").map(String.init)
    try expectSame(["predict", "m.safetensors"] + own + ["new/deep", "new/a/0003.png", "new"], status: 0)
  }

  @Test("reports images that cannot be read as one process does", arguments: ["", "--json", "--csv"])
  func unreadable(flag: String) throws {
    let images = ["none.png", "new", "", "cut.png", "new/a/0000.png", "new/deep/notes.txt", "new/a/0001.png"]
    try expectSame(["predict", "m.safetensors"] + (flag.isEmpty ? [] : [flag]) + images, status: 66)
  }

  @Test("classifies a list of more images than a block has, from standard input", arguments: ["\n", "\0"])
  func list(separator: String) throws {
    let names = (0..<900).map { $0 % 97 == 5 ? "none\($0).png" : "new/a/000\($0 % 9).png" } + ["new/deep", "faces"]
    try expectSame(["predict", "m.safetensors", "--csv", "-"], input: names.joined(separator: separator), status: 66)
  }

  @Test("classifies an image on standard input, which only rank 0 has")
  func image() throws {
    let bytes = try FileSystem.read(folder.path("new/a/0000.png"))
    let arguments = ["predict", "m.safetensors", "new/a", "-", "new/a"]
    let (one, several) = (
      try percept(arguments, in: folder, input: bytes), try MPI.run(3, arguments, in: folder, input: bytes)
    )
    #expect(one.status == 0 && one.output.contains(" -\n"))
    #expect(several.status == 0 && several.output == one.output && several.errors == one.errors)
  }

  @Test("features of a backbone", .enabled(if: TestBackbone.isRuntimeInstalled, "ONNX Runtime is not installed"))
  func backbone() throws {
    let training = ["train", "faces", "--features", TestBackbone.path(), "--iterations", "5", "-o", "b.safetensors"]
    #expect(try percept(training, in: folder).status == 0)
    try expectSame(["predict", "b.safetensors", "--json", "new"], status: 0)
  }

  @Test(
    "errors of all images are one message",
    arguments: [
      ("predict none.safetensors new", 66, "none.safetensors: no such file or folder"),
      ("predict m.safetensors empty", 65, "empty: contains no files"),
      ("predict m.safetensors new nowhere/", 66, "nowhere/: no such file or folder"),
    ])
  func errors(command: String, status: Int32, message: String) throws {
    try folder.write([], to: "empty/.hidden")
    let result = try MPI.run(3, command.split(separator: " ").map(String.init), in: folder)
    #expect(result.status == status)
    #expect(result.errors.components(separatedBy: "Error: ").count == 2, "\(result.errors)")
    #expect(result.errors.contains("Error: \(message)"), "\(result.errors)")
  }

  @Test("a process that sees other files ends all, with one message", arguments: [1, 2])
  func differentFiles(rank: Int) throws {
    try folder.addImages([("other/new/a", 3)], seed: 2)
    let elsewhere = try MPI.percept(after: "[ $rank != \(rank) ] || cd other", in: folder)
    let start = ContinuousClock.now
    let arguments = ["predict", folder.path("m.safetensors"), "new/a"]
    let result = try MPI.run(3, arguments, of: elsewhere, in: folder)
    #expect(ContinuousClock.now - start < .seconds(10))
    #expect(result.status == 74)
    #expect(result.errors.components(separatedBy: "Error: ").count == 2, "\(result.errors)")
    let host = ProcessInfo.processInfo.hostName
    #expect(
      result.errors.contains(
        "Error: \(host) cannot classify an image that \(host) can: new/a/000\(rank * 3).png: no such file or folder"),
      "\(result.errors)")
  }

  @Test("processes that see another model do nothing", arguments: ["predict", "evaluate"])
  func differentModels(command: String) throws {
    let other = ["train", "faces", "--image-size", "6", "--iterations", "51", "-o", "2/m.safetensors"]
    for name in ["0", "1", "2"] {
      try folder.write([], to: "\(name)/.hidden")
      #expect(symlink("../faces", folder.path("\(name)/faces")) == 0)
    }
    #expect(try percept(other, in: folder).status == 0)
    for name in ["0", "1"] {
      try folder.write(FileSystem.read(folder.path("m.safetensors")), to: "\(name)/m.safetensors")
    }
    let elsewhere = try MPI.percept(after: "cd $rank", in: folder)
    let result = try MPI.run(3, [command, "m.safetensors", "faces"], of: elsewhere, in: folder)
    #expect(result.status == 74 && result.output.isEmpty)
    #expect(result.errors.contains("see different data: m.safetensors has other contents"), "\(result.errors)")
    #expect(result.errors.components(separatedBy: "Error: ").count == 2, "\(result.errors)")
  }

  @Test("if a process is killed, all end")
  func killed() throws {
    let names = (0..<400_000).map { "new/a/000\($0 % 9).png" }.joined(separator: "\n")
    var killed = ContinuousClock.now
    let result = try MPI.run(3, ["predict", "m.safetensors", "-"], in: folder, input: Array(names.utf8)) { mpirun in
      while MPI.processes(of: mpirun).count < 3, kill(mpirun, 0) == 0 { usleep(1000) }
      sleep(1)
      if let last = MPI.processes(of: mpirun).last { kill(last, SIGKILL) }
      killed = ContinuousClock.now
    }
    #expect(result.status != 0)
    #expect(ContinuousClock.now - killed < .seconds(10))
    #expect(result.errors.contains("exited on signal 9"), "\(result.errors)")
  }
}
