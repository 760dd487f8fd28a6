import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("percept predict with folders, lists and formats")
struct PredictCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 6), ("faces/b", 6)])
    #expect(try percept("train", "faces", "--image-size", "6", "-o", "m.safetensors", in: folder).status == 0)
    try folder.addImages([("new/a", 2), ("new/deep/b", 1)], seed: 2)
  }

  let images = ["new/a/0000.png", "new/a/0001.png", "new/deep/b/0000.png"]

  /// The last column of each line.
  func files(_ result: Program.Result) -> [String] {
    result.lines.compactMap { $0.split(separator: " ").last.map(String.init) }
  }

  @Test("of a folder, all images at any depth are classified, as if they were named, and other files are reported")
  func folders() throws {
    try folder.write(Array("A note, not an image".utf8), to: "new/a/notes.txt")
    let named = try percept(["predict", "m.safetensors"] + images, in: folder)
    let found = try percept("predict", "m.safetensors", "new", in: folder)
    #expect(named.status == 0 && files(named) == images)
    #expect(found.status == 0 && found.output == named.output)
    #expect(found.errors == "Skipped 1 file in a folder that is not an image: new/a/notes.txt\n")
    // A damaged image is an error, and so is a file that is named.
    try folder.write(Array(try FileSystem.read(folder.path(images[0])).prefix(60)), to: "new/cut.png")
    let damaged = try percept("predict", "m.safetensors", "new", in: folder)
    #expect(damaged.status == 65 && damaged.errors.contains("Error: new/cut.png: ") && files(damaged) == images)
    #expect(!damaged.errors.contains("could not be classified"))
    let two = try percept("predict", "m.safetensors", "new", "none.png", in: folder)
    #expect(two.status == 65 && two.errors.contains("2 of 5 images could not be classified.\n"))
    #expect(try percept("predict", "m.safetensors", "new/a/notes.txt", in: folder).status == 65)
  }

  @Test("a folder without files is an error that names it")
  func emptyFolder() throws {
    try folder.write([], to: "empty/.hidden")
    let result = try percept("predict", "m.safetensors", "empty", in: folder)
    #expect(result.status == 65 && result.errors == "Error: empty: contains no files\n" && result.output.isEmpty)
  }

  @Test(
    "standard input is a list of files and folders, separated by line breaks or zero bytes",
    arguments: ["new/a\nnew/deep/b/0000.png\n", "new/a\r\nnew/deep/b/0000.png", "new/a\0new/deep/b/0000.png\0"])
  func list(text: String) throws {
    let result = try percept("predict", "m.safetensors", "-", in: folder, input: Array(text.utf8))
    #expect(result.status == 0 && files(result) == images)
  }

  @Test("an image on standard input is not a list, and neither is a web page")
  func imageOnStandardInput() throws {
    let image = try percept(
      "predict", "m.safetensors", "-", in: folder, input: FileSystem.read(folder.path(images[0])))
    #expect(image.status == 0 && files(image) == ["-"])
    let page = try percept(
      "predict", "m.safetensors", "-", in: folder, input: Array("\n<html><body>404</body></html>\n".utf8))
    #expect(page.status == 65 && page.errors.contains("standard input: ") && page.errors.contains("HTML"))
    let missing = try percept("predict", "m.safetensors", "-", in: folder, input: Array("none.png\n".utf8))
    #expect(missing.status == 66 && missing.errors == "Error: none.png: no such file or folder\n")
  }

  @Test("--csv prints a header, the probability of every class, and errors, quoted where necessary")
  func csv() throws {
    let name = "new/a, \"b\".png"
    try folder.write(FileSystem.read(folder.path(images[0])), to: name)
    let result = try percept("predict", "m.safetensors", "--csv", name, "none.png", in: folder)
    #expect(result.status == 66 && result.lines.count == 3)
    #expect(result.lines[0] == "file,class,probability,error,probability_a,probability_b")
    // The same digits as in JSON.
    let json = try percept("predict", "m.safetensors", "--json", name, in: folder).output
    let numbers = try #require(json.firstMatch(of: /"a":([0-9.e-]+),"b":([0-9.e-]+)/)).output
    let (a, b) = (numbers.1, numbers.2)
    #expect(result.lines[1] == "\"new/a, \"\"b\"\".png\",a,\(a),,\(a),\(b)")
    #expect(result.lines[2] == "none.png,,,none.png: no such file or folder,,")
    let unsure = try percept("predict", "m.safetensors", "--csv", "--reject-below", "1", name, in: folder)
    #expect(unsure.lines[1].contains("png\",unsure,\(a),"))
  }

  @Test("--csv and --json exclude each other")
  func formats() throws {
    #expect(try percept("predict", "m.safetensors", "--csv", "--json", "new", in: folder).status == 64)
  }
}
