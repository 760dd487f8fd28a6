import Foundation
import PerceptIO
import PerceptTestSupport
import Testing

@Suite("Several processes under Open MPI", .enabled(if: MPI.isInstalled, "Open MPI is not installed"), .serialized)
struct ClusterTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    // Groups of 64 examples that end neither at the end of a rank nor at that of the data.
    try folder.addImages([("faces/a", 130), ("faces/b", 101)], side: 16)
    try folder.write(Array("not an image".utf8), to: "faces/a/broken.png")
  }

  func model(_ name: String) throws -> [UInt8] { try FileSystem.read(folder.path(name)) }

  static let trainings: [String] = [
    "--form primal --learning-rate 0.005", "--form primal --scale standardized --l2 0.01 --calibrate",
    "--form dual --learning-rate 0.005", "--iterations 30", "--form primal --optimizer lbfgs",
    "--form primal --optimizer nesterov --schedule cosine --patience 2 --iterations 60",
    "--form primal --hidden 5,3 --optimizer momentum --batch-size full --learning-rate 0.1 --activation tanh",
    "--form primal --features hog --group-by ([^/]*)/00 --drop-leaks",
  ]

  @Test("any number of processes writes the same model file and prints the same as one", arguments: trainings)
  func sameModel(flags: String) throws {
    let arguments = ["train", "faces", "--image-size", "16", "--iterations", "20", "--json", "--force"]
    let own = flags.split(separator: " ").map(String.init)
    let all =
      own.contains("--iterations") ? arguments.filter { !["--iterations", "20"].contains($0) } + own : arguments + own
    let one = try percept(all + ["-o", "1.safetensors"], in: folder)
    #expect(one.status == 0, "\(one.errors)")
    for ranks in [2, 3] {
      let several = try MPI.run(ranks, all + ["-o", "\(ranks).safetensors"], in: folder)
      #expect(several.status == 0, "\(several.errors)")
      let expected = one.output.replacingOccurrences(of: "1.safetensors", with: "\(ranks).safetensors")
        .replacingOccurrences(of: "\"settings\"", with: "\"ranks\":\(ranks),\"settings\"")
      #expect(several.output == expected)
      #expect(several.errors == one.errors)
      #expect(try model("\(ranks).safetensors") == model("1.safetensors"))
    }
  }

  @Test("several classes, and data with given splits of which one rank would have most")
  func classes() throws {
    try folder.addImages(
      [
        ("split/test/a", 40), ("split/test/b", 30), ("split/test/c", 9), ("split/train/a", 70), ("split/train/b", 61),
        ("split/train/c", 40),
      ], side: 8, seed: 2)
    let arguments = ["train", "split", "--image-size", "8", "--form", "primal", "--iterations", "20"]
    #expect(try percept(arguments + ["-o", "1.safetensors"], in: folder).status == 0)
    let several = try MPI.run(3, arguments + ["-o", "3.safetensors"], in: folder)
    #expect(several.status == 0, "\(several.errors)")
    #expect(try model("3.safetensors") == model("1.safetensors"))
  }

  @Test("features of a backbone", .enabled(if: TestBackbone.isRuntimeInstalled, "ONNX Runtime is not installed"))
  func backbone() throws {
    let arguments = ["train", "faces", "--features", TestBackbone.path(), "--form", "primal", "--iterations", "5"]
    #expect(try percept(arguments + ["-o", "1.safetensors"], in: folder).status == 0)
    let several = try MPI.run(2, arguments + ["-o", "2.safetensors"], in: folder)
    #expect(several.status == 0, "\(several.errors)")
    #expect(try model("2.safetensors") == model("1.safetensors"))
  }

  @Test(
    "evaluate, cross-validate, tune and explore print the same",
    arguments: [
      "evaluate 1.safetensors faces --min-accuracy 0.5", "evaluate 1.safetensors faces --min-accuracy 1.0 --json",
      "cross-validate faces --folds 3 --iterations 20 --image-size 8 --json",
      "tune faces --learning-rates auto,0.001,100 --iterations 10,20 --image-size 8 --folds 3 --force --json",
      "explore faces --json",
    ])
  func otherCommands(command: String) throws {
    #expect(try percept("train", "faces", "--iterations", "3", "-o", "1.safetensors", in: folder).status == 0)
    let arguments = command.split(separator: " ").map(String.init)
    let (one, several) = (try percept(arguments, in: folder), try MPI.run(3, arguments, in: folder))
    #expect(!one.output.isEmpty)
    #expect(several.output == one.output)
    #expect(several.status == one.status)
  }

  @Test("if a process is killed, all end, and a resumed training with another number writes the same model")
  func killed() throws {
    let arguments = [
      "train", "faces", "--form", "primal", "--learning-rate", "0.005", "--iterations", "3000", "--quiet",
    ]
    let uninterrupted = try percept(arguments + ["-o", "1.safetensors"], in: folder)
    #expect(uninterrupted.status == 0)
    let checkpoint = folder.path("m.safetensors.checkpoint")
    let start = ContinuousClock.now
    var killed = start
    let result = try MPI.run(
      3, arguments + ["--checkpoint-every", "300", "-o", "m.safetensors"], in: folder
    ) { mpirun in
      while FileSystem.kind(of: checkpoint) == nil, FileSystem.kind(of: folder.path("m.safetensors")) == nil,
        ContinuousClock.now - start < .seconds(60)
      { usleep(1000) }
      if let last = MPI.processes(of: mpirun).last { kill(last, SIGKILL) }
      killed = ContinuousClock.now
    }
    #expect(result.status != 0)
    #expect(ContinuousClock.now - killed < .seconds(10))
    #expect(result.errors.contains("exited on signal 9"))
    let resumed = try MPI.run(2, arguments + ["-o", "m.safetensors", "--resume"], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try model("m.safetensors") == model("1.safetensors"))
    #expect(FileSystem.kind(of: checkpoint) == nil)
  }

  @Test("an interrupted training writes a checkpoint, which one process resumes")
  func interrupted() throws {
    let arguments = [
      "train", "faces", "--form", "primal", "--learning-rate", "0.005", "--iterations", "3000", "--quiet",
    ]
    #expect(try percept(arguments + ["-o", "1.safetensors"], in: folder).status == 0)
    let result = try MPI.run(
      2, arguments + ["--checkpoint-every", "never", "--log", "log.jsonl", "-o", "m.safetensors"], in: folder
    ) { mpirun in
      while FileSystem.kind(of: folder.path("log.jsonl")) == nil, kill(mpirun, 0) == 0 { usleep(1000) }
      for process in MPI.processes(of: mpirun) { kill(process, SIGTERM) }
    }
    #expect(result.status == 143)
    #expect(result.errors.contains("To continue with mpirun: percept train --resume"))
    let resumed = try percept(arguments + ["-o", "m.safetensors", "--resume"], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try model("m.safetensors") == model("1.safetensors"))
  }

  @Test("a plain run does not open Open MPI")
  func plain() throws {
    var maps = ""
    let result = try percept(
      [
        "train", "faces", "--form", "primal", "--learning-rate", "0.005", "--iterations", "3000", "--log", "log.jsonl",
        "--quiet", "-o", "m.safetensors",
      ], in: folder
    ) { process in
      while FileSystem.kind(of: folder.path("log.jsonl")) == nil, kill(process, 0) == 0 { usleep(1000) }
      maps = String(decoding: (try? FileSystem.read("/proc/\(process)/maps")) ?? [], as: UTF8.self)
    }
    #expect(result.status == 0)
    #expect(maps.contains("percept") && maps.contains("libm.so"))
    #expect(!maps.contains("libmpi"))
  }

  @Test(
    "what several processes cannot do is refused with one message",
    arguments: [
      ("train faces --hidden 5", "several processes train on all images in each iteration, not in batches"),
      ("train faces --batch-size 8", "several processes train on all images in each iteration, not in batches"),
      ("train faces --report r.html", "--report runs in one process"),
      ("cache list", "This command runs in one process"),
      ("train nowhere", "nowhere: no such file or folder"),
      ("train faces --form dual --optimizr lbfgs", "Unknown option '--optimizr'"),
    ])
  func refusals(command: String, message: String) throws {
    let result = try MPI.run(3, command.split(separator: " ").map(String.init), in: folder)
    #expect(result.status != 0)
    #expect(result.errors.components(separatedBy: "Error: ").count == 2, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test("processes that see different data do not train")
  func differentData() throws {
    for rank in 0...2 {
      try folder.addImages([("\(rank)/faces/a", 5), ("\(rank)/faces/b", rank == 2 ? 4 : 5)], side: 8)
    }
    let start = ContinuousClock.now
    let elsewhere = try MPI.percept(after: "cd $rank", in: folder)
    let result = try MPI.run(3, ["train", "faces", "-o", "m.safetensors"], of: elsewhere, in: folder)
    #expect(ContinuousClock.now - start < .seconds(15))
    #expect(result.status == 74)
    #expect(result.errors.contains("see different data: image 10 of 9 is the end, not faces/b/0004.png (b) of 10"))
    #expect(result.errors.components(separatedBy: "Error: ").count == 2, "\(result.errors)")
  }
}
