import PerceptIO
import PerceptTestSupport
import Testing

@Suite("percept train")
struct TrainCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/train/b", 6), ("faces/train/a", 4), ("faces/test/b", 3), ("faces/test/a", 1)])
  }

  @Test("prints the summary and the costs on standard error, and the result on standard output")
  func text() throws {
    let result = try percept(
      "train", "faces", "--image-size", "4", "--learning-rate", "0.05", "--iterations", "250", in: folder)
    #expect(
      result.output == """
        train accuracy: 100.0 % (10 of 10); always answering "b" would score 60.0 % (6 of 10)
        test accuracy: 100.0 % (4 of 4; 95 % interval 51.0 to 100.0 %); always answering "b" would score 75.0 % (3 of 4)
        verdict: No significant difference from always answering "b" on 4 images: the accuracy is higher, but a significant result needs about 25 more images.
        model: faces.safetensors

        """)
    let lines = result.errors.split(separator: "\n").map(String.init)
    #expect(
      lines.prefix(10) == [
        "Classes: a (0), b (1)", "Number of training examples: m_train = 10", "Number of testing examples: m_test = 4",
        "Height/Width of each image: num_px = 4", "Each image is of size: (4, 4, 3)", "train_x shape: (48, 10)",
        "y_train shape: (1, 10)", "test_x shape: (48, 4)", "y_test shape: (1, 4)", "Cost after iteration 0: 0.693147",
      ])
    #expect(
      lines.dropFirst(10).map { $0.prefix(25) } == [
        "Cost after iteration 100:", "Cost after iteration 200:", "To evaluate on all 14 ima",
      ])
    #expect(result.status == 0)
  }

  @Test("the last note names the command that answers the next question, with the options that select the data")
  func nextCommand() throws {
    try folder.addImages([("all/a", 30), ("all/b", 30), ("only/a", 4), ("only/b", 4)])
    func lastNote(_ arguments: [String]) throws -> String {
      let result = try percept(["train"] + arguments + ["--image-size", "4", "--force"], in: folder)
      #expect(result.status == 0)
      return result.errors.split(separator: "\n").last.map(String.init) ?? ""
    }
    let all = ["all", "--classes", "b,a", "-o", "m.safetensors"]
    #expect(
      try lastNote(all) == "To see its mistakes and what it looks at: percept report m.safetensors all --classes b,a")
    #expect(
      try percept("report", "m.safetensors", "all", "--classes", "b,a", in: folder).output == "report.html\n")
    #expect(
      try lastNote(all + ["--report", "r.html"])
        == "To classify other images: percept predict m.safetensors FILE_OR_FOLDER")
    #expect(
      try lastNote(["only", "--test-fraction", "0"])
        == "To evaluate it on new images: percept evaluate only.safetensors FOLDER")
    #expect(try lastNote(all + ["--quiet"]).isEmpty)
  }

  @Test("--json prints the complete result as one object")
  func jsonOutput() throws {
    try folder.write(Array("qoif".utf8), to: "faces/train/a/x.jpg")
    let result = try percept(
      "train", "faces", "--image-size", "4", "--learning-rate", "0.05", "--iterations", "25", "--cost-every", "10",
      "--json",
      "--classes", "b,a", "-o", "m.safetensors", in: folder)
    #expect(result.lines.count == 1)
    let object = try json(result.output)
    #expect(object["model"] as? String == "m.safetensors")
    #expect(object["classes"] as? [String] == ["b", "a"])
    let images = try #require(object["images"] as? [String: Any])
    #expect(images["train"] as? Int == 10 && images["test"] as? Int == 4)
    let skipped = try #require(images["skipped"] as? [[String: String]])
    #expect(skipped.map { $0["file"] } == ["faces/train/a/x.jpg"])
    #expect(skipped[0]["reason"]?.hasPrefix("a QOI image") == true)
    let settings = try #require(object["settings"] as? [String: Any])
    #expect(settings["imageSize"] as? Int == 4 && settings["iterations"] as? Int == 25)
    #expect(settings["learningRate"] as? Double == 0.05)
    #expect(object["stableLearningRate"] as? Double ?? 0 > 0)
    let costs = try #require(object["costs"] as? [[String: Any]])
    #expect(costs.map { $0["iteration"] as? Int } == [0, 10, 20])
    #expect(abs((costs[0]["cost"] as? Double ?? 0) - 0.6931471805599453) < 1e-15)
    let test = try #require(object["test"] as? [String: Any])
    #expect(test["count"] as? Int == 4 && test["majority"] as? Double == 0.75)
    #expect(test["accuracy"] as? Double == (test["correct"] as? Double ?? -1) / 4)
  }

  @Test("a learning rate above the largest stable rate trains with finite costs and prints a warning")
  func unstable() throws {
    let result = try percept("train", "faces", "--learning-rate", "50", "--quiet", in: folder)
    #expect(result.status == 0)
    #expect(
      result.errors.hasPrefix("Warning: the learning rate 50.0 is above the largest stable rate, 0.")
        && result.errors.hasSuffix("so the cost can increase; lower it or use --learning-rate auto.\n"))
    #expect(!result.errors.contains("nan") && !result.errors.contains("inf"))
  }

  @Test("optimizer, momentum and penalty are used and recorded, with the same results in both forms")
  func rules() throws {
    let flags = ["--optimizer", "nesterov", "--momentum", "0.8", "--l2", "0.01", "--image-size", "4", "--json"]
    let costs = try ["primal", "dual"].map { form in
      let result = try percept(["train", "faces", "--form", form, "-o", form + ".safetensors"] + flags, in: folder)
      let object = try json(result.output)
      let settings = try #require(object["settings"] as? [String: Any])
      #expect(settings["optimizer"] as? String == "Nesterov")
      #expect(settings["momentum"] as? Double == 0.8 && settings["l2"] as? Double == 0.01)
      return try #require(object["costs"] as? [[String: Any]]).map { $0["cost"] as? Double ?? .nan }
    }
    #expect(zip(costs[0], costs[1]).allSatisfy { abs($0 - $1) <= 1e-9 * $0 })
    let plain = try json(percept("train", "faces", "--image-size", "4", "--json", "--quiet", in: folder).output)
    let last = try #require((plain["costs"] as? [[String: Any]])?.last?["cost"] as? Double)
    #expect(costs[0][9] > last, "the penalty is part of the cost")
  }

  @Test("an existing model is replaced only with --force, and no other files are left")
  func existing() throws {
    try folder.write([1], to: "faces.safetensors")
    let refused = try percept("train", "faces", in: folder)
    #expect(refused.status == 73)
    #expect(
      refused.errors
        == "Error: faces.safetensors: already exists; add --force to replace it, or choose another name\n")
    #expect(try FileSystem.read(folder.path("faces.safetensors")) == [1])
    #expect(try percept("train", "faces", "--force", in: folder).status == 0)
    #expect(try FileSystem.names(inFolder: folder.path) == ["faces", "faces.safetensors"])
  }

  @Test("the same seed writes the same file, and the split can be written, read and evaluated")
  func split() throws {
    try folder.addImages([("all/a", 10), ("all/b", 20)])
    for name in ["1", "2"] {
      let result = try percept(
        "train", "all", "--seed", "4", "--test-fraction", "0.3", "-o", "\(name).safetensors", "--write-split",
        "\(name).csv", "--iterations", "20", in: folder)
      #expect(result.status == 0)
    }
    #expect(try FileSystem.read(folder.path("1.safetensors")) == FileSystem.read(folder.path("2.safetensors")))
    let again = try percept("train", "1.csv", "-o", "3.safetensors", "--iterations", "20", in: folder)
    #expect(again.lines[1].contains("(9 of 9; "))
    #expect(try FileSystem.read(folder.path("3.safetensors")) == FileSystem.read(folder.path("1.safetensors")))
    #expect(
      try percept("evaluate", "3.safetensors", "1.csv", in: folder).errors
        == "Evaluating on the test split: 9 images.\n")
  }

  @Test("unreadable files are listed and skipped; with --strict, they are an error and no model is written")
  func broken() throws {
    try folder.write([], to: "faces/train/a/empty.jpg")
    try folder.write(Array("hello, world".utf8), to: "faces/test/b/text.png")
    let result = try percept("train", "faces", "--quiet", in: folder)
    #expect(result.status == 0)
    #expect(
      result.errors == """
        Warning: 2 of 16 files could not be read and are skipped:
          faces/test/b/text.png: text, not an image
          faces/train/a/empty.jpg: empty file

        """)
    let strict = try percept("train", "faces", "--strict", "-o", "strict.safetensors", "--quiet", in: folder)
    #expect(strict.status == 65)
    #expect(strict.errors.hasSuffix("Error: 2 of 16 images could not be read\n"))
    #expect(FileSystem.kind(of: folder.path("strict.safetensors")) == nil)
  }

  @Test("explore and train count animations once, whether the images are cached or not")
  func animations() throws {
    try folder.addImages([("moving/a", 6), ("moving/b", 6)])
    let image = TestImages.sided(0, seed: 77, side: 12)
    try folder.write(TestImages.animatedPNG(image), to: "moving/a/animated.png")
    let note = "1 animated image: only the first frame is used.\n"
    for _ in 0..<2 {
      let train = try percept("train", "moving", "-o", "m.safetensors", "--force", in: folder)
      #expect(train.status == 0 && train.errors.split(separator: note, omittingEmptySubsequences: false).count == 2)
    }
    #expect(try percept("explore", "moving", in: folder).errors == note)
    #expect(try percept("explore", "moving", "--quiet", in: folder).errors == "")
  }

  @Test("a class without images in the test split is a warning, in the training split an error")
  func missingClasses() throws {
    try folder.addImages([("x/train/a", 2), ("x/train/b", 2), ("x/test/a", 2), ("y/train/a", 2), ("y/test/b", 2)])
    let warned = try percept("train", "x", "--quiet", in: folder)
    #expect(warned.status == 0 && warned.errors == "Warning: the test split has no images of class \"b\".\n")
    let failed = try percept("train", "y", "--quiet", in: folder)
    #expect(failed.status == 65)
    #expect(failed.errors == "Error: class \"b\" has no training images; add images or leave out the class\n")
  }

  @Test(
    "invalid input prints one error message and sets the exit code",
    arguments: [
      (["train", "nowhere"], 66, "Error: nowhere: no such file or folder\n"),
      (
        ["train", "faces/train/a"], 65,
        "Error: faces/train/a: contains 4 files but no class folders; put the images of each class into a folder of its "
          + "own, such as faces/train/a/cat and faces/train/a/dog, or list them in a CSV file with the columns file,label\n"
      ),
      (["train", "faces", "--classes", "a,c"], 65, "Error: unknown class \"c\"; available classes: a, b\n"),
      (
        ["train", "faces", "--classes", "a"], 65,
        "Error: faces: only one class, \"a\"; a classifier needs at least two classes; the class selection leaves out b (--classes a,b)\n"
      ),
      (
        ["train", "faces", "-o", "no/such/folder/m"], 73,
        "Error: no/such/folder/m: cannot be written: No such file or directory\n"
      ),
    ] as [([String], Int32, String)])
  func badInput(arguments: [String], status: Int32, message: String) throws {
    let result = try percept(arguments, in: folder)
    #expect(result.status == status)
    #expect(result.errors.hasSuffix(message))
    #expect(result.output.isEmpty)
  }

  @Test("outputs that would replace each other or the data are rejected before any work")
  func sameOutputs() throws {
    try folder.write(Array("faces/train/a/0000.png,a\nfaces/train/b/0000.png,b\n".utf8), to: "mine.csv")
    for arguments in [
      ["train", "mine.csv", "-o", "mine.csv", "--force"], ["train", "faces", "-o", "x", "--write-split", "./x"],
      ["train", "faces", "-o", "-"],
    ] {
      let result = try percept(arguments, in: folder)
      #expect(result.status == 64)
      #expect(try FileSystem.names(inFolder: folder.path) == ["faces", "mine.csv"])
    }
    #expect(try percept("train", "faces", "-o", "", in: folder).status == 73)
  }

  @Test("a failed training writes no split")
  func failedSplit() throws {
    try folder.addImages([("x/a", 1)])
    try folder.write([], to: "x/b/empty.png")
    #expect(try percept("train", "x", "--write-split", "x.csv", in: folder).status == 65)
    #expect(FileSystem.kind(of: folder.path("x.csv")) == nil)
  }

  @Test("control characters in file names are escaped")
  func controlCharacters() throws {
    try folder.write([], to: "faces/train/a/two\nlines\u{1B}[31m.jpg")
    let result = try percept("train", "faces", "--quiet", in: folder)
    #expect(result.errors.hasSuffix("  faces/train/a/two\\u{a}lines\\u{1b}[31m.jpg: empty file\n"))
  }

  @Test(
    "invalid flags are usage errors",
    arguments: [
      ["--learning-rate", "0"], ["--learning-rate", "-1"], ["--learning-rate", "fast"], ["--iterations", "-1"],
      ["--image-size", "0"], ["--image-size", "big"], ["--fit", "squeeze"], ["--color", "blue"],
      ["--test-fraction", "1"], ["--test-fraction", "0.5"], ["--classes", "a,a"], ["--cost-every", "0"],
      ["--colour", "rgb"], ["--momentum", "0.5"], ["--optimizer", "momentum", "--momentum", "1"], ["--l2", "-1"],
      ["--l2", "inf"], ["--optimizer", "fast"],
    ])
  func badFlags(flags: [String]) throws {
    let result = try percept(["train", "faces"] + flags, in: folder)
    #expect(result.status == 64)
    #expect(result.errors.hasPrefix("Error: "))
    #expect(FileSystem.kind(of: folder.path("faces.safetensors")) == nil)
  }
}
