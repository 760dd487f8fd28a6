import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("percept train --augment")
struct AugmentCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 12), ("faces/b", 8)])
  }

  func train(_ flags: String...) throws -> [String: Any] {
    let result = try percept(
      ["train", "faces", "--image-size", "8", "--json", "--force", "--epochs", "5"] + flags, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return try json(result.output)
  }

  @Test("it is recorded, learns with Adam unless told otherwise, and writes the same file for the same seed")
  func training() throws {
    let flags = "mirror,shift,rotate:5,brightness"
    let result = try train("--augment", flags, "-o", "a.safetensors", "--report", "r.html")
    let settings = try #require(result["settings"] as? [String: Any])
    #expect(settings["augmentation"] as? String == "mirror, shift 0.1, rotate 5, brightness 0.2")
    #expect(settings["optimizer"] as? String == "Adam" && settings["batchSize"] as? Int == 128)
    _ = try train("--augment", flags, "-o", "b.safetensors")
    _ = try train("--augment", flags, "-o", "c.safetensors", "--seed", "1")
    let plain = try train("--optimizer", "adam", "-o", "d.safetensors")
    #expect((plain["settings"] as? [String: Any])?["augmentation"] == nil)
    let models = try ["a", "b", "c", "d"].map { try FileSystem.read(folder.path("\($0).safetensors")) }
    #expect(models[0] == models[1] && models[0] != models[2] && models[0] != models[3])
    let page = String(decoding: try FileSystem.read(folder.path("r.html")), as: UTF8.self)
    #expect(page.contains("mirror, shift 0.1, rotate 5, brightness 0.2"))
  }

  @Test("one core writes the file that all cores write")
  func cores() throws {
    let arguments = [
      "train", "faces", "--image-size", "8", "--hidden", "4", "--epochs", "5", "--augment", "mirror,rotate",
    ]
    #expect(try percept(arguments + ["-o", "all.safetensors"], in: folder).status == 0)
    let taskset = Program(path: "/usr/bin/taskset")
    #expect(
      try taskset(["-c", "0", percept.path] + arguments + ["-o", "one.safetensors"], in: folder).status == 0)
    #expect(try FileSystem.read(folder.path("all.safetensors")) == FileSystem.read(folder.path("one.safetensors")))
  }

  @Test(
    "what --augment does not take is a usage error with a sentence",
    arguments: [
      (["x"], "there are mirror, shift, rotate and brightness"), (["mirror,"], "and no \"\""),
      (["mirror,mirror"], "mirror stands there twice"), (["mirror:1"], "mirror has no amount"),
      (["shift:0.6"], "from 0 to 0.5"), (["rotate:190"], "180 degrees"), (["brightness:1"], "not including, 1"),
      (["rotate:"], "positive number after a colon"), (["rotate:-5"], "positive number"),
      (["shift:x"], "which shift:x"),
      (["mirror", "--optimizer", "lbfgs"], "the same pictures in every iteration"),
      (["mirror", "--form", "dual"], "the dual form has no place for augmentation"),
      (["mirror", "--optimizer", "gradient-descent"], "no learning rate is known"),
    ] as [([String], String)])
  func refused(flags: [String], sentence: String) throws {
    let result = try percept(["train", "faces", "--image-size", "8", "--augment"] + flags, in: folder)
    #expect(result.status == 64 && result.errors.contains(sentence), "\(result.errors)")
    #expect(FileSystem.kind(of: folder.path("faces.safetensors")) == nil)
  }

  @Test("the figure shows pictures of all classes in turn, each with eight changed versions")
  func figure() throws {
    for (flags, count) in [
      ([], 36), (["--augment", "mirror,rotate:30", "--limit", "3"], 27), (["--limit", "50"], 180),
    ] {
      let result = try percept(["figure", "augmented", "faces", "--force", "-o", "x.svg"] + flags, in: folder)
      #expect(result.status == 0 && result.output == "x.svg\n", "\(result.errors)")
      let svg = String(decoding: try FileSystem.read(folder.path("x.svg")), as: UTF8.self)
      #expect(svg.split(separator: "<image ").count - 1 == count)
    }
    #expect(try percept("figure", "augmented", "faces", "-o", "x.png", in: folder).status == 0)
    let image = try Image(contentsOf: folder.path("x.png"))
    #expect(image.width > 9 * 96 && Set(image.pixels).count > 5)
    for flags in [["--limit", "0"], ["--limit", "101"], ["--augment", "zoom"]] {
      #expect(try percept(["figure", "augmented", "faces"] + flags, in: folder).status == 64)
    }
  }
}
