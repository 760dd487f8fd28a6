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

  @Test("augmentation is recorded, uses Adam by default, and writes the same file for the same seed")
  func training() throws {
    let flags = "mirror,shift,rotate:5,brightness"
    let result = try train("--augment", flags, "-o", "a.safetensors", "--report", "r.html")
    let settings = try #require(result["settings"] as? [String: Any])
    #expect(settings["augmentation"] as? String == "mirror, shift 0.1, rotate 5, brightness 0.2")
    #expect(settings["optimizer"] as? String == "Adam" && settings["batchSize"] as? Int == 8)
    _ = try train("--augment", flags, "-o", "b.safetensors")
    _ = try train("--augment", flags, "-o", "c.safetensors", "--seed", "1")
    let plain = try train("--optimizer", "adam", "-o", "d.safetensors")
    #expect((plain["settings"] as? [String: Any])?["augmentation"] == nil)
    let models = try ["a", "b", "c", "d"].map { try FileSystem.read(folder.path("\($0).safetensors")) }
    #expect(models[0] == models[1] && models[0] != models[2] && models[0] != models[3])
    let page = String(decoding: try FileSystem.read(folder.path("r.html")), as: UTF8.self)
    #expect(page.contains("mirror,shift:0.1,rotate:5,brightness:0.2"))
  }

  @Test("one core and all cores write the same file, from small batches and from batches in parts")
  func cores() throws {
    try folder.addImages([("many/a", 80), ("many/b", 80)], side: 32)
    for size in [["--image-size", "8", "--hidden", "4"], ["--image-size", "32", "--hidden", "64,32"]] {
      try compareCores(["train", "many", "--epochs", "5", "--batch-size", "100", "--augment", "mirror,rotate"] + size)
    }
  }

  private func compareCores(_ arguments: [String]) throws {
    #expect(try percept(arguments + ["--force", "-o", "all.safetensors"], in: folder).status == 0)
    let taskset = Program(path: "/usr/bin/taskset")
    #expect(
      try taskset(["-c", "0", percept.path] + arguments + ["--force", "-o", "one.safetensors"], in: folder).status == 0)
    #expect(try FileSystem.read(folder.path("all.safetensors")) == FileSystem.read(folder.path("one.safetensors")))
  }

  @Test(
    "invalid values of --augment are usage errors that state the reason",
    arguments: [
      (["x"], "--augment must be none, or some of mirror, shift:0.1, rotate:10 and brightness:0.2"),
      (["mirror,"], "(got )"), (["mirror,mirror"], "names mirror twice"),
      (["mirror:1"], "takes mirror without an amount (got 1)"), (["shift:0.6"], "0 to 0.5"),
      (["rotate:190"], "180 degrees"), (["brightness:1"], "≥ 0 and < 1"), (["rotate:"], "a number > 0 after rotate:"),
      (["rotate:-5"], "(got -5)"), (["shift:x"], "(got x)"),
      (["mirror", "--optimizer", "lbfgs"], "the same images in every iteration"),
      (["mirror", "--form", "dual"], "--augment cannot be combined with the dual form"),
      (["mirror", "--optimizer", "gradient-descent"], "there is no automatic learning rate for gradient descent"),
    ] as [([String], String)])
  func refused(flags: [String], sentence: String) throws {
    let result = try percept(["train", "faces", "--image-size", "8", "--augment"] + flags, in: folder)
    #expect(result.status == 64 && result.errors.contains(sentence), "\(result.errors)")
    #expect(FileSystem.kind(of: folder.path("faces.safetensors")) == nil)
  }

  @Test("the figure shows images of all classes in turn, each with eight augmented versions")
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
