import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("percept explore finds problems in data")
struct ExploreCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 12), ("faces/b", 12)], side: 40)
  }

  /// Adds images named CLASS/PERSON_NUMBER.png to a training and a test split. Person 3 is in both splits, and one test
  /// image is a near-duplicate of a training image.
  func addSplit() throws {
    for (name, seed) in [
      ("train/a/1_1", 1), ("train/a/2_1", 2), ("train/a/3_1", 3), ("train/b/4_1", 4), ("train/b/5_1", 5),
      ("test/a/3_2", 6), ("test/a/6_1", 7), ("test/b/7_1", 8), ("test/b/8_1", 4),
    ] as [(String, UInt64)] {
      let image = TestImages.textured(seed: seed, side: 64)
      try folder.write(
        name == "test/b/8_1" ? image.encodedJPEG(quality: 60) : image.encodedPNG(), to: "split/\(name).png")
    }
  }

  @Test("--write-labels writes the most doubtful labels first, and --labels reads the corrected file")
  func labels() throws {
    try folder.write(FileSystem.read(folder.path("faces/b/0003.png")), to: "wrong/a/x.png")
    for name in ["a", "b"] {
      for file in try FileSystem.names(inFolder: folder.path("faces/\(name)")) where name + file != "b0003.png" {
        try folder.write(FileSystem.read(folder.path("faces/\(name)/\(file)")), to: "wrong/\(name)/\(file)")
      }
    }
    let result = try percept(
      "explore", "wrong", "--write-labels", "labels.csv", "--gallery", "doubts.html", in: folder)
    #expect(result.status == 0 && result.errors == "")
    #expect(result.output.contains("\ndoubtful labels: about 1 of 24 labels is wrong (95 % interval 0 to 1); "))
    #expect(result.output.contains("; the judges are right on 95.8 % (always answering \"a\": 54.2 %)\n"))
    #expect(result.output.contains("\ncontradicted labels: 1, the most doubtful first; some are correct"))
    #expect(result.output.contains("\n  wrong/a/x.png  a  looks like b  0."))
    #expect(result.lines.suffix(2) == ["labels: labels.csv", "gallery: doubts.html"])
    let text = String(decoding: try FileSystem.read(folder.path("labels.csv")), as: UTF8.self)
    #expect(text.hasPrefix("file,label,probability,suggestion,suggestion probability\nwrong/a/x.png,a,0."))
    #expect(text.split(separator: "\n").count == 25)
    let page = String(decoding: try FileSystem.read(folder.path("doubts.html")), as: UTF8.self)
    #expect(page.contains("labeled a") && page.contains("alt=\"Image: labeled a, looks like b"))

    try folder.write(Array(text.replacing("x.png,a,", with: "x.png,b,").utf8), to: "corrected.csv")
    let corrected = try percept("explore", "wrong", "--labels", "corrected.csv", in: folder)
    #expect(corrected.output.contains("  a  12\n  b  12\n"))
    #expect(corrected.output.contains("\ndoubtful labels: none; the judges are right on 100.0 % (always answering "))
    let train = try json(
      percept("train", "wrong", "--labels", "corrected.csv", "--json", "-o", "m.safetensors", in: folder).output)
    #expect((train["train"] as? [String: Any])?["count"] as? Int == 20)
    let evaluation = try percept("evaluate", "m.safetensors", "wrong", "--labels", "corrected.csv", in: folder)
    #expect(evaluation.output.contains("accuracy: 100.0 % (4 of 4;"))
    #expect(try percept("explore", "wrong", "--write-labels", "labels.csv", in: folder).status == 73)
    #expect(FileSystem.kind(of: folder.path("wrong/a/x.png")) == .file)
  }

  @Test("if labels cannot be judged, they are not listed or counted, and files with them come with a warning")
  func unjudged() throws {
    for index in 0..<24 as Range<UInt64> {
      let image = TestImages.photo(seed: index, width: 12, height: 12)
      try folder.write(image.encodedPNG(), to: "random/\(index < 12 ? "a" : "b")/\(index).png")
    }
    let result = try percept("explore", "random", in: folder)
    #expect(result.output.contains("\nlabels cannot be judged here: the judges are right on "))
    #expect(!result.output.contains("doubtful labels") && !result.output.contains("looks like"))
    let output = try percept("explore", "random", "--json", in: folder).output
    #expect(output.contains("\"contradicted\":null") && output.contains("\"wrongLabels\":null"))
    let object = try json(output)
    #expect(object["labels"] == nil)
    let judges = (object["labelReview"] as? [String: Any])?["judges"] as? [String: Any]
    #expect(judges?["majority"] as? Double == 0.5)
    let written = try percept("explore", "random", "--write-labels", "labels.csv", in: folder)
    #expect(written.status == 0 && written.errors.hasPrefix("Warning: labels cannot be judged here: "))
    #expect(written.errors.contains("The order of the labels in labels.csv says little about which"))
    #expect(try String(decoding: FileSystem.read(folder.path("labels.csv")), as: UTF8.self).contains("random/a/"))
  }

  @Test("the result of the label review is in the JSON")
  func reviewJSON() throws {
    let object = try json(percept("explore", "faces", "--json", in: folder).output)
    let review = try #require(object["labelReview"] as? [String: Any])
    let judges = try #require(review["judges"] as? [String: Any])
    #expect(judges["count"] as? Int == 24 && judges["majority"] as? Double == 0.5)
    #expect((judges["interval"] as? [Double])?.count == 2 && review["contradicted"] as? Int == 0)
    let wrong = try #require(review["wrongLabels"] as? [String: Any])
    #expect(wrong["count"] as? Int == 0 && wrong["interval"] as? [Int] == [0, 0])
    #expect((object["labels"] as? [Any])?.count == 24)
  }

  @Test("explore and train report leaks, and --drop-leaks removes them from the test split")
  func leaks() throws {
    try addSplit()
    let result = try percept("explore", "split", "--group-by", "/([0-9]*)_", in: folder)
    #expect(
      result.output.contains(
        "leaks: 2 of 4 test images also occur in the training data, or others of the same group do; the accuracy is "
          + "overestimated (--drop-leaks)"))
    #expect(result.output.contains("split/test/a/3_2.png: same group as split/train/a/3_1.png (\"3\")"))
    #expect(result.output.contains("split/test/b/8_1.png: near-duplicate of split/train/b/4_1.png"))

    let train = try percept("train", "split", "-o", "m.safetensors", "--quiet", in: folder)
    #expect(
      train.errors == """
        Warning: 1 of 4 test images also occurs in the training data (for example split/test/b/8_1.png: near-duplicate of \
        split/train/b/4_1.png); the test accuracy is overestimated. List them with percept explore; leave them out with --drop-leaks.

        """)
    let dropped = try json(
      percept(
        "train", "split", "-o", "n.safetensors", "--drop-leaks", "--group-by", "/([0-9]*)_", "--json", in: folder
      ).output)
    #expect((dropped["test"] as? [String: Any])?["count"] as? Int == 2 && (dropped["leaks"] as? [Any])?.count == 2)
    let evaluation = try percept("evaluate", "m.safetensors", "split", "--drop-leaks", "--json", in: folder)
    #expect(try json(evaluation.output)["count"] as? Int == 3)
  }

  @Test("duplicates with contradictory labels, imbalance and shortcut features are reported")
  func sentences() throws {
    try folder.write(FileSystem.read(folder.path("faces/a/0000.png")), to: "faces/b/copy.png")
    let copies = try percept("explore", "faces", in: folder).output
    #expect(copies.contains("duplicates with contradictory labels: 1; check which label is correct"))
    #expect(copies.contains("  faces/a/0000.png (a) = faces/b/copy.png (b), identical files"))
    try folder.addImages([("odd/a", 12)], side: 40)
    for seed in 1...4 as ClosedRange<UInt64> {
      try folder.write(TestImages.photo(seed: seed, width: 40, height: 40).encodedJPEG(), to: "odd/b/\(seed).jpg")
    }
    let odd = try percept("explore", "odd", in: folder).output
    #expect(odd.contains("imbalance: class \"a\" has 12 images, class \"b\" has 4;"))
    #expect(
      odd.contains("shortcut: the file format alone predicts the class of 16 of 16 images (mostly a PNG, b JPEG)"))
  }

  @Test("images of a group are drawn into the same split")
  func groups() throws {
    let result = try percept(
      "train", "faces", "--group-by", "/000?[0-9]*([0-9]).png", "--write-split", "s.csv", "-o", "m.safetensors",
      in: folder)
    #expect(result.status == 0)
    let rows = String(decoding: try FileSystem.read(folder.path("s.csv")), as: UTF8.self).split(separator: "\n")
      .dropFirst()
    let groups = Dictionary(grouping: rows) { $0.split(separator: ".")[0].suffix(1) }
    #expect(groups.values.allSatisfy { Set($0.map { $0.contains(",test,") }).count == 1 })
    #expect(rows.contains { $0.contains(",test,testFraction=0.2 seed=0 groups=") })
  }
}
