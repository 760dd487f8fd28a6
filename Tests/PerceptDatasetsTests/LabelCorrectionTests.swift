import PerceptDatasets
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Label corrections")
struct LabelCorrectionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("corrected labels replace those of the data; unknown images and labels are errors")
  func corrections() throws {
    let image = try TestImages.noise(seed: 1, width: 8, height: 8).encodedPNG()
    for name in ["a/1", "a/2", "b/3"] { try folder.write(image, to: "data/\(name).png") }
    func labels(_ text: String, classes: ClassSelection = .all) throws -> [Int] {
      let path = try folder.write(Array(("file,label\n" + text).utf8), to: "corrected.csv")
      return try Dataset(DataSource(folder.path("data"), classes: classes, labels: path)).examples.map(\.label)
    }
    #expect(try labels("data/a/2.png,b\n") == [0, 1, 1])
    #expect(try labels("data/../data/a/2.png,dog\n", classes: ClassSelection("a=cat,b=dog")) == [0, 1, 1])
    #expect(try labels("data/a/2.png,b\ndata/../data/a/2.png,b\n") == [0, 1, 1])
    for (text, problem) in [
      ("data/a/1.png,b\ndata/a/2.png,c\n", "unknown class \"c\"; available classes: a, b"),
      (
        "data/a/2.png,b\ndata/../data/a/2.png,a\n",
        folder.path("data/../data/a/2.png is labeled \"a\" here, but \"b\" on line 2")
      ),
    ] {
      let error = DatasetError.malformedLine(path: folder.path("corrected.csv"), line: 3, problem: problem)
      #expect(throws: error) { try labels(text) }
    }
    #expect {
      try labels("data/a/9.png,b\n")
    } throws: { error in
      if case DatasetError.unknownImages(let file, 1, _) = error { file.hasSuffix("data/a/9.png") } else { false }
    }
  }
}
