import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("percept explore, evaluate and predict")
struct OtherCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 12), ("faces/b", 8)])
    try folder.addImages([("held-out/a", 2), ("held-out/b", 3)], seed: 2)
  }

  func train() throws {
    #expect(try percept("train", "faces", "--image-size", "6", "-o", "m.safetensors", in: folder).status == 0)
  }

  @Test("explore reports counts, sizes, formats and findings")
  func explore() throws {
    try folder.write(TestImages.photo(seed: 1, width: 40, height: 20, color: .gray).encodedJPEG(), to: "faces/b/x.jpg")
    try folder.write([0, 1, 2, 3], to: "faces/b/y.jpg")
    let result = try percept("explore", "faces", in: folder)
    #expect(
      result.output.hasPrefix(
        """
        faces: 21 pictures in 2 classes
          a  12
          b  9
        sizes: 12 x 12 (20), 40 x 20 (1)
        width: 12 to 40, median 12; height: 12 to 20, median 12
        colors: rgb 20, gray 1
        formats: PNG 20, JPEG 1
        unreadable: 1
        duplicates: none
        outliers: 1 image is gray among color images; remove such images, or convert all images to gray if new images are often gray (--color gray):
          faces/b/x.jpg
        doubtful labels: about
        """))
    #expect(result.output.contains("; the judges are right on 95.2 % (always answering \"a\": 57.1 %)\n"))
    #expect(
      result.output.contains(
        """
        contradicted labels: 1, the most doubtful first; some are correct (--write-labels, --gallery)
          faces/b/x.jpg  b  looks like a  0.
        """))
    #expect(
      result.errors
        == "Warning: 1 of 22 files could not be read and is skipped:\n  faces/b/y.jpg: not an image in a supported format (JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF, BMP or PNM)\n"
    )
    #expect(try percept("explore", "faces", "--strict", in: folder).status == 65)
    let object = try json(percept("explore", "faces", "--json", in: folder).output)
    #expect(object["count"] as? Int == 21)
    #expect((object["classes"] as? [[String: Any]])?.map { $0["count"] as? Int } == [12, 9])
  }

  @Test("evaluate prints metrics, lists misclassified images, and matches classes by name")
  func evaluate() throws {
    try train()
    let good = try percept("evaluate", "m.safetensors", "held-out", in: folder)
    #expect(
      good.output == """
        accuracy: 100.0 % (5 of 5; 95 % interval 56.6 to 100.0 %); always answering "b" would score 60.0 % (3 of 5)
        verdict: No significant difference from always answering "b" on 5 images: the accuracy is higher, but a significant result needs about 13 more images.
          a  2 of 2 found  precision 100.0 %  recall 100.0 %  F1 1.000
          b  3 of 3 found  precision 100.0 %  recall 100.0 %  F1 1.000
        balanced accuracy 100.0 %, log loss 0.0002, Brier score 0.0000, area under ROC 1.000
        misclassified: 0

        """)
    let gates = try ["0.9", "1"].map {
      try percept("evaluate", "m.safetensors", "held-out", "--min-accuracy", $0, in: folder)
    }
    #expect(gates.allSatisfy { $0.status == 0 })
    let fails = try percept(
      "evaluate", "m.safetensors", "held-out", "--classes", "a=b,b=a", "--min-accuracy", "0.5", "--json", in: folder)
    #expect(fails.status == 1 && fails.errors.contains("0.0 % (0 of 5) is below --min-accuracy 0.5"))
    #expect(try json(fails.output)["finding"] as? String == "undecided")
    #expect(try percept("evaluate", "m.safetensors", "held-out", "--min-accuracy", "90", in: folder).status == 64)
    let swapped = try percept(
      "evaluate", "m.safetensors", "held-out", "--classes", "a=b,b=a", "--limit", "2", in: folder)
    #expect(
      swapped.lines[0]
        == "accuracy: 0.0 % (0 of 5; 95 % interval 0.0 to 43.4 %); always answering \"a\" would score 60.0 % (3 of 5)")
    #expect(swapped.lines[5] == "misclassified: 5")
    #expect(swapped.lines[6].hasPrefix("  held-out/a/0000.png  b  predicted a  0.9"))
    #expect(swapped.lines.last == "  … and 3 more (--limit, --json)")
    let object = try json(
      percept("evaluate", "m.safetensors", "held-out", "--classes", "a=b,b=a", "--json", in: folder).output)
    #expect(object["correct"] as? Int == 0 && object["count"] as? Int == 5 && object["majority"] as? Double == 0.6)
    let misclassified = try #require(object["misclassified"] as? [[String: Any]])
    #expect(misclassified.map { $0["label"] as? String } == ["b", "b", "a", "a", "a"])
    #expect((object["skipped"] as? [Any])?.isEmpty == true)
  }

  @Test("evaluate rejects classes that the model does not have, and warns about a class without images")
  func evaluateClasses() throws {
    try train()
    try folder.addImages([("odd/a", 1), ("odd/c", 1), ("half/a", 2)])
    let odd = try percept("evaluate", "m.safetensors", "odd", in: folder)
    #expect(odd.status == 65)
    #expect(odd.errors.hasPrefix("Error: the data has a class \"c\" that the model does not have (it has a, b)"))
    let half = try percept("evaluate", "m.safetensors", "half", in: folder)
    #expect(half.status == 0 && half.errors == "Warning: the data has no images of class \"b\".\n")
  }

  @Test("predict prints class, probability and file, with the same probability as evaluate")
  func predict() throws {
    try train()
    let result = try percept("predict", "m.safetensors", "held-out/a/0000.png", "held-out/b/0000.png", in: folder)
    #expect(result.lines.map { $0.prefix(5) } == ["a  0.", "b  0."])
    #expect(result.lines.map { $0.split(separator: " ").last } == ["held-out/a/0000.png", "held-out/b/0000.png"])
    let one = try json(percept("predict", "m.safetensors", "--json", "held-out/a/0000.png", in: folder).output)
    let probabilities = try #require(one["probabilities"] as? [String: Double])
    #expect(one["class"] as? String == "a" && one["probability"] as? Double == probabilities["a"])
    let evaluation = try json(
      percept("evaluate", "m.safetensors", "held-out", "--classes", "a=b,b=a", "--json", in: folder).output)
    let first = try #require((evaluation["misclassified"] as? [[String: Any]])?.first)
    #expect(first["probability"] as? Double == one["probability"] as? Double)
    let piped = try percept(
      "predict", "m.safetensors", "--json", "-", in: folder, input: FileSystem.read(folder.path("held-out/a/0000.png")))
    #expect(try json(piped.output)["probability"] as? Double == one["probability"] as? Double)
  }

  @Test("predict continues after a file that it cannot read, and reports it")
  func predictErrors() throws {
    try train()
    try folder.write([], to: "empty.jpg")
    let result = try percept(
      "predict", "m.safetensors", "--json", "empty.jpg", "none.jpg", "held-out/a/0000.png", in: folder)
    #expect(result.status == 65)
    #expect(
      result.errors
        == "Error: empty.jpg: empty file\nError: none.jpg: no such file or folder\n2 of 3 images could not be classified.\n"
    )
    #expect(result.lines.count == 3)
    #expect(try json(result.lines[0])["error"] as? String == "empty.jpg: empty file")
    #expect(try json(result.lines[2])["class"] as? String == "a")
    #expect(try percept("predict", "m.safetensors", "none.jpg", in: folder).status == 66)
  }

  @Test("an invalid, damaged or missing model is an error that names the file")
  func badModels() throws {
    try train()
    let bytes = try FileSystem.read(folder.path("m.safetensors"))
    try folder.write(Array(bytes.dropLast(5)), to: "cut.safetensors")
    for (model, status, message) in [
      ("none.safetensors", 66, "Error: none.safetensors: no such file or folder\n"),
      (
        "faces/a/0000.png", 65,
        "Error: faces/a/0000.png: not a valid Percept model: it is not a safetensors file\n"
      ),
      (
        "cut.safetensors", 65,
        "Error: cut.safetensors: not a valid Percept model: it is truncated: tensor seen.train extends past the end of the file\n"
      ),
    ] as [(String, Int32, String)] {
      for command in ["predict", "evaluate"] {
        let result = try percept(command, model, "faces", in: folder)
        #expect(result.status == status && result.errors == message)
      }
    }
  }

  @Test("output that cannot be written is an error")
  func fullDisk() throws {
    try train()
    let result = try Program(path: "/bin/sh")(
      "-c", "\"$0\" predict m.safetensors faces/a/0000.png > /dev/full", percept.path, in: folder)
    #expect(result.status == 73)
    #expect(result.errors == "Error: standard output: cannot be written: No space left on device\n")
  }

  @Test("help shows examples before the usage, and a mistyped flag gets a suggestion")
  func help() throws {
    for command in [
      ["--help"], ["train", "--help"], ["evaluate", "--help"], ["predict", "--help"], ["explore", "--help"],
    ] {
      let help = try percept(command).output
      let examples = try #require(help.firstRange(of: "EXAMPLES:"))
      let usage = try #require(help.firstRange(of: "USAGE:"))
      #expect(examples.lowerBound < usage.lowerBound)
    }
    let mistyped = try percept("train", "faces", "--iteration", "3", in: folder)
    #expect(mistyped.status == 64 && mistyped.errors.contains("Did you mean '--iterations'?"))
  }
}
