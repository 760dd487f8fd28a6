import PerceptIO
import PerceptTestSupport
import Testing

@Suite("percept export and card")
struct ExportCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/man", 12), ("faces/woman", 8)])
    let trained = try percept(
      "train", "faces", "--image-size", "16", "--iterations", "5", "--quiet", "-o", "m.safetensors", in: folder)
    try #require(trained.status == 0)
  }

  @Test("the end of the file name selects the format", arguments: ["m.onnx", "M.ONNX", "m.html"])
  func formats(file: String) throws {
    let result = try percept("export", "m.safetensors", "-o", file, in: folder)
    #expect(result.status == 0 && result.output == "\(file)\n" && result.errors.isEmpty)
    let start = try FileSystem.prefix(of: folder.path(file), count: 9)
    #expect(file.lowercased().hasSuffix("onnx") ? start[0] == 8 : start == Array("<!doctype".utf8))
  }

  @Test("--double writes wider weights, and is for ONNX only")
  func double() throws {
    #expect(try percept("export", "m.safetensors", "-o", "a.onnx", in: folder).status == 0)
    #expect(try percept("export", "m.safetensors", "-o", "b.onnx", "--double", in: folder).status == 0)
    let sizes = try ["a", "b"].map { try FileSystem.size(of: folder.path("\($0).onnx")) }
    #expect(sizes[1] - sizes[0] > 4 * 768)
    let refused = try percept("export", "m.safetensors", "-o", "m.html", "--double", in: folder)
    #expect(refused.status == 64 && refused.errors.contains("--double is for files that end in .onnx (got m.html)."))
  }

  @Test("an unknown format is an error that names the formats")
  func unknownFormat() throws {
    let result = try percept("export", "m.safetensors", "-o", "m.tflite", in: folder)
    #expect(result.status == 64)
    #expect(result.errors.hasPrefix("Error: m.tflite: unknown export format; use a file name that ends in .onnx"))
  }

  @Test("an existing file is replaced only with --force, and the model never")
  func overwriting() throws {
    let model = try FileSystem.read(folder.path("m.safetensors"))
    for (command, file) in [("export", "m.html"), ("card", "m.md")] {
      try folder.write([1], to: file)
      let refused = try percept(command, "m.safetensors", "-o", file, in: folder)
      #expect(refused.status == 73 && refused.errors.contains("--force"))
      #expect(try FileSystem.read(folder.path(file)) == [1])
      #expect(try percept(command, "m.safetensors", "-o", file, "--force", in: folder).status == 0)
      #expect(try FileSystem.size(of: folder.path(file)) > 1000)
    }
    try folder.write(model, to: "named.onnx")
    for (command, file) in [("export", "named.onnx"), ("card", "m.safetensors")] {
      let refused = try percept(command, file, "-o", file, "--force", in: folder)
      #expect(refused.status == 64 && refused.errors.contains("is an input of this command"))
      #expect(try FileSystem.read(folder.path(file)) == model)
    }
  }

  @Test("HOG features are exported with a note")
  func hog() throws {
    let trained = try percept(
      "train", "faces", "--features", "hog", "--image-size", "16", "--iterations", "5", "--quiet", "-o",
      "h.safetensors",
      in: folder)
    try #require(trained.status == 0)
    let result = try percept("export", "h.safetensors", "-o", "h.onnx", in: folder)
    #expect(result.status == 0)
    #expect(result.errors == "Note: the graph takes the 292 HOG features of an image, not its pixels.\n")
    #expect(try percept("export", "h.safetensors", "-o", "h.html", in: folder).status == 0)
  }

  @Test("a page for a backbone is an error that names ONNX")
  func backbone() throws {
    let trained = try percept(
      "train", "faces", "--features", TestBackbone.path(), "--iterations", "5", "--quiet", "-o", "b.safetensors",
      in: folder)
    guard TestBackbone.isRuntimeInstalled else { return }
    try #require(trained.status == 0)
    let result = try percept("export", "b.safetensors", "-o", "b.html", in: folder)
    #expect(result.status == 65)
    #expect(
      result.errors
        == "Error: a web page cannot run the pretrained network resnet18-legacy; use a file name that ends in .onnx, which "
        + "ONNX Runtime runs, also in a browser\n")
    #expect(FileSystem.kind(of: folder.path("b.html")) == nil)
    #expect(try percept("export", "b.safetensors", "-o", "b.onnx", in: folder).status == 0)
  }

  @Test("a card is printed, or written with the same text")
  func card() throws {
    let printed = try percept("card", "m.safetensors", in: folder)
    #expect(printed.status == 0 && printed.output.contains("\n# m\n") && printed.output.contains("man, woman"))
    let written = try percept("card", "m.safetensors", "-o", "README.md", in: folder)
    #expect(written.status == 0 && written.output == "README.md\n")
    #expect(String(decoding: try FileSystem.read(folder.path("README.md")), as: UTF8.self) == printed.output)
  }

  @Test("a file that is not a model is an error")
  func notAModel() throws {
    for command in [["export", "faces/man/0000.png", "-o", "x.onnx"], ["card", "faces/man/0000.png"]] {
      let result = try percept(command, in: folder)
      #expect(result.status == 65 && result.errors.contains("not a valid Percept model"))
    }
  }
}
