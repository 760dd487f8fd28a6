import PerceptIO
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("Interrupting and resuming percept train")
struct InterruptionTests {
  let folder: TemporaryFolder
  let percept = Program.percept
  let arguments = [
    "train", "faces", "--image-size", "8", "--hidden", "20", "--batch-size", "4", "--epochs", "1000", "--patience",
    "1000", "--checkpoint-every", "200", "--log", "run.jsonl", "--cost-every", "500", "--quiet", "-o", "m.safetensors",
  ]

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/b", 12), ("faces/a", 12)])
  }

  var checkpoint: [UInt8]? { try? FileSystem.read(folder.path("m.safetensors.checkpoint")) }

  /// Runs the program and sends a signal after the next checkpoint and a delay in microseconds.
  func run(_ arguments: [String], signal: Int32, after delay: UInt32 = 0) throws -> Program.Result {
    let before = checkpoint
    return try percept(arguments, in: folder) { process in
      // Until the process is waited for, it remains as a zombie and can receive signals.
      while checkpoint == before, FileSystem.kind(of: folder.path("m.safetensors")) == nil { usleep(500) }
      usleep(delay)
      kill(process, signal)
    }
  }

  @Test("a training that is killed repeatedly at random times writes the same model as an uninterrupted one")
  func killed() throws {
    #expect(try percept(arguments, in: folder).status == 0)
    let model = try FileSystem.read(folder.path("m.safetensors"))
    try FileSystem.remove(folder.path("m.safetensors"))
    try FileSystem.remove(folder.path("run.jsonl"))
    #expect(checkpoint == nil)

    var kills = 0
    while FileSystem.kind(of: folder.path("m.safetensors")) == nil, kills < 1000 {
      let result = try run(arguments + ["--resume"], signal: SIGKILL, after: .random(in: 0...20_000))
      guard result.status == SIGKILL, checkpoint != nil else { continue }
      kills += 1
      // Whenever the program was killed, the checkpoint is a valid model.
      let loaded = try percept("evaluate", "m.safetensors.checkpoint", "faces", in: folder)
      #expect(loaded.status == 0, "\(loaded.errors)")
    }
    #expect(kills > 3)
    #expect(try FileSystem.read(folder.path("m.safetensors")) == model)
    let iterations = try FileSystem.read(folder.path("run.jsonl")).split(separator: UInt8(ascii: "\n")).map {
      try json(String(decoding: $0, as: UTF8.self))["iteration"] as? Int ?? -1
    }
    #expect(iterations == Array(Set(iterations)).sorted() && iterations.count >= 1000)
    #expect(try FileSystem.names(inFolder: folder.path).filter { $0.hasPrefix(".percept") }.count <= 1)
  }

  @Test(
    "a signal makes training write a checkpoint and print how to continue",
    arguments: [(SIGINT, "INT", 130), (SIGTERM, "TERM", 143), (SIGHUP, "HUP", 129)] as [(Int32, String, Int32)])
  func interrupted(signal: Int32, name: String, status: Int32) throws {
    // The process that runs the tests may ignore signals, and child processes inherit this.
    let env = Program(path: "/usr/bin/env")
    let words = ["--default-signal=\(name)", percept.path] + arguments
    let result = try env(words, in: folder) { process in
      while checkpoint == nil, FileSystem.kind(of: folder.path("m.safetensors")) == nil { usleep(500) }
      kill(process, signal)
    }
    #expect(result.status == status)
    #expect(result.errors.hasPrefix("Interrupted after "))
    #expect(result.errors.contains("To continue: percept train --resume faces "))
    let iterations = try #require(Int(result.errors.split(separator: " ")[2]))

    // Without --resume, the checkpoint is kept.
    let again = try percept(arguments, in: folder)
    #expect(again.status == 73 && again.errors.contains("--resume") && again.errors.contains("--force"))
    let other = try percept(arguments + ["--resume", "--seed", "1"], in: folder)
    #expect(other.status == 64 && other.errors.contains("seed was 0, is 1"))

    let resumed = try percept(arguments.filter { $0 != "--quiet" } + ["--resume"], in: folder)
    #expect(resumed.status == 0)
    #expect(resumed.errors.contains("Resuming after \(iterations) iterations."))
  }

  @Test("ignored signals stay ignored, as under nohup")
  func ignored() throws {
    let env = Program(path: "/usr/bin/env")
    let result = try env(["--ignore-signal=HUP", percept.path] + arguments, in: folder) { process in
      while checkpoint == nil, FileSystem.kind(of: folder.path("m.safetensors")) == nil { usleep(500) }
      kill(process, SIGHUP)
    }
    #expect(result.status == 0)
  }

  @Test("--resume without a checkpoint starts again with a note; --checkpoint-every takes times and counts")
  func options() throws {
    let few = ["train", "faces", "--image-size", "4", "--iterations", "5", "-o", "n.safetensors", "--force"]
    let result = try percept(few + ["--resume"], in: folder)
    #expect(result.status == 0 && result.errors.contains("No checkpoint n.safetensors.checkpoint; training starts"))
    for value in ["30s", "0.5m", "1h", "100", "never"] {
      #expect(try percept(few + ["--checkpoint-every", value], in: folder).status == 0)
    }
    for value in ["0", "-1", "s", "0s", "infs", "5x", ""] {
      let result = try percept(few + ["--checkpoint-every", value], in: folder)
      #expect(result.status == 64 && result.errors.contains("--checkpoint-every"), "\(value)")
    }
    #expect(FileSystem.kind(of: folder.path("n.safetensors.checkpoint")) == nil)
  }

  @Test("no other files are replaced: neither a file that is not a log nor a folder with the checkpoint's name")
  func others() throws {
    let words = ["train", "faces", "--image-size", "4", "--iterations", "5", "-o", "n.safetensors", "--force"]
    try folder.write(Array("my notes\nand more\n".utf8), to: "notes.txt")
    let resumed = try percept(words.dropLast() + ["--resume", "--log", "notes.txt"], in: folder)
    #expect(resumed.status == 73 && resumed.errors.contains("notes.txt: already exists"))
    #expect(try FileSystem.read(folder.path("notes.txt")).count == 18)
    for option in ["--report", "--log", "--write-split"] {
      let result = try percept(words + [option, "n.safetensors.checkpoint"], in: folder)
      #expect(result.status == 64 && result.errors.contains("are the same file"))
    }
    _ = try folder.makeFolder("n.safetensors.checkpoint")
    let result = try percept(words.dropLast(), in: folder)
    #expect(result.status == 73 && result.errors.contains("is a folder"))
  }

  @Test("a trained model that cannot be written to its file is saved to the checkpoint's path")
  func elsewhere() throws {
    let result = try percept(arguments, in: folder) { _ in
      while checkpoint == nil { usleep(500) }
      _ = try? folder.write(Array("another".utf8), to: "m.safetensors")
    }
    #expect(result.status == 73 && result.errors.contains("the trained model is in m.safetensors.checkpoint"))
    #expect(try percept("evaluate", "m.safetensors.checkpoint", "faces", in: folder).status == 0)
  }

  @Test("training continues when its output is no longer read")
  func unread() throws {
    let shell = Program(path: "/bin/sh")
    let words = [
      "train", "faces", "--image-size", "4", "--iterations", "50000", "--cost-every", "1", "-o", "n.safetensors",
    ]
    _ = try shell(["-c", "\"$0\" \"$@\" 2>&1 | head -1", percept.path] + words, in: folder)
    #expect(FileSystem.kind(of: folder.path("n.safetensors")) == .file)
  }

  @Test("--log has a line for each printed cost, each validation result and the last iteration")
  func log() throws {
    let words = ["train", "faces", "--image-size", "4", "--iterations", "26", "--cost-every", "7", "--log", "n.jsonl"]
    #expect(try percept(words + ["--patience", "5", "-o", "n.safetensors"], in: folder).status == 0)
    let lines = try FileSystem.read(folder.path("n.jsonl")).split(separator: UInt8(ascii: "\n")).map {
      try json(String(decoding: $0, as: UTF8.self))
    }
    #expect(lines.map { $0["iteration"] as? Int } == [0, 7, 9, 14, 19, 21, 25])
    #expect(lines.map { $0["validationAccuracy"] != nil } == [false, false, true, false, true, false, false])
    #expect(lines.allSatisfy { $0["cost"] is Double && $0["seconds"] is Double })
    let again = try percept(words + ["-o", "o.safetensors"], in: folder)
    #expect(again.status == 73 && again.errors.contains("n.jsonl: already exists"))
    let same = try percept(words + ["-o", "n.jsonl", "--force"], in: folder)
    #expect(same.status == 64)
  }
}
