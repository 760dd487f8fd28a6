import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Label files")
struct LabelFileTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("p", 4)])
  }

  func load(_ text: String, as name: String = "labels.csv") throws -> Dataset {
    let path = try folder.write(Array(text.utf8), to: name)
    return try Dataset(DataSource(path), preprocessing: Preprocessing(imageSize: 2))
  }

  @Test(
    "CSV files are read with and without a header, with any line endings, quotes, and a byte order mark",
    arguments: [
      "p/0000.png,cat\np/0001.png,dog\n", "file,label\np/0000.png,cat\np/0001.png,dog",
      "\u{FEFF}label,file\r\ncat,p/0000.png\r\ndog,p/0001.png\r\n", "\"p/0000.png\",\"cat\"\n\n\"p/0001.png\",dog\n",
      "id,label,file\n7,cat,p/0000.png\n8,dog,p/0001.png\n", "p/0000.png,cat\rp/0001.png,dog\r",
      " p/0000.png\t, \"cat\" \n   \np/0001.png,dog\n",
    ])
  func csv(text: String) throws {
    let data = try load(text)
    #expect(data.classNames == ["cat", "dog"])
    #expect(data.examples.map(\.file) == [folder.path("p/0000.png"), folder.path("p/0001.png")])
    #expect(data.examples.map(\.label) == [0, 1])
  }

  @Test("JSON Lines files are read, in any order of keys")
  func jsonLines() throws {
    let data = try load(
      #"{"file":"p/0000.png","label":"cat"}"# + "\n\n" + #"{"label":"dog","file":"p/0001.png","split":null}"#,
      as: "labels.jsonl")
    #expect(data.classNames == ["cat", "dog"])
  }

  @Test("JSON Lines whose keys all differ are refused, instead of a table of keys and lines")
  func differentKeys() throws {
    let lines = (0..<1100).map { #"{"file":"\#($0).png","label":"a","key\#($0)":1}"# }
    #expect(
      throws: DatasetError.malformedLine(
        path: folder.path("labels.jsonl"), line: 1,
        problem: "the lines have 1102 different keys; list all images with the same keys")
    ) {
      try load(lines.joined(separator: "\n"), as: "labels.jsonl")
    }
  }

  @Test("JSON Lines files are read with any line endings, blanks, and a byte order mark")
  func jsonLineEnds() throws {
    let lines = [
      #" {"file":"p/0000.png","label":"cat\u2028s"} "#, "\t", #"{"file":"p/0001.png","label":"dog\#u{2029}s"}"#,
    ]
    for end in ["\n", "\r\n", "\r"] {
      for start in ["", "\u{FEFF}"] {
        let data = try load(start + lines.joined(separator: end) + end, as: "labels.jsonl")
        #expect(data.classNames == ["cat\u{2028}s", "dog\u{2029}s"])
        #expect(data.examples.map(\.file) == [folder.path("p/0000.png"), folder.path("p/0001.png")])
      }
    }
    #expect {
      try load(lines.joined(separator: "\r\n") + "\r\n{}", as: "labels.jsonl")
    } throws: { error in
      if case DatasetError.malformedLine(_, 4, _) = error { true } else { false }
    }
  }

  @Test("a split column assigns examples to splits")
  func split() throws {
    let data = try load(
      "file,label,split\np/0000.png,a,train\np/0001.png,b,train\np/0002.png,a,test\np/0003.png,b,val\n")
    #expect(data.subset(.training)?.count == 2)
    #expect(data.subset(.test)?.examples.map(\.file) == [folder.path("p/0002.png")])
    #expect(data.subset(.validation)?.count == 1)
  }

  @Test(
    "the error for a malformed line contains its number",
    arguments: [
      ("p/0000.png,cat\nlonely\n", 2), ("file,label\np/0000.png,\n", 2), (",cat\n", 1), ("a,b\n\"open,c\n", 2),
      ("p/0000.png,cat,sideways\n", 1), ("\n", 1), ("{\"file\": 3}\n", 1),
      ("file,label,split\np/0000.png,a,train\np/0001.png,b,\n", 3),
    ])
  func malformed(text: String, line: Int) throws {
    #expect {
      try load(text)
    } throws: { error in
      if case DatasetError.malformedLine(_, line, _) = error { true } else { false }
    }
  }

  @Test("a file of another kind is an error")
  func otherFile() throws {
    let path = folder.path("p/0000.png")
    #expect(throws: DatasetError.notData(path: path)) { try DataSource(path) }
  }

  @Test("a listed file that is missing is skipped")
  func missing() throws {
    let data = try load("p/0000.png,cat\np/0001.png,dog\ngone.png,dog\n")
    #expect(data.count == 2)
    #expect(data.skipped == [SkippedFile(file: folder.path("gone.png"), reason: "no such file or folder")])
  }

  @Test("a written split file yields the same splits, including file names with special characters")
  func roundTrip() throws {
    for name in [
      "a,b.png", "say \"hi\".png", "two\nlines.png", "ünï.png", " both ends ", "\ttab\t", "return\r", "win\r\ndows",
      "#comment", "\"", "file", "'", "a;b", "{", "\"\u{301}", "\u{FEFF}mark",
    ] {
      try folder.write(FileSystem.read(folder.path("p/0000.png")), to: "q/\(name)")
      try folder.write(FileSystem.read(folder.path("p/0000.png")), to: "\(name)/label")
    }
    let data = try Dataset(imageFolder: folder.path, preprocessing: Preprocessing(imageSize: 2))
    let (training, test) = data.split(test: 0.5, seed: 3)
    for path in ["split.csv", "deeper/split.csv"].map(folder.path) {
      try folder.makeFolder("deeper")
      try Dataset.writeSplit(DatasetSplits(training: training, test: test), to: path, replacing: false)
      let again = try Dataset(DataSource(path), preprocessing: Preprocessing(imageSize: 2))
      #expect(again.skipped.isEmpty)
      #expect(again.subset(.training)?.examples.map(\.file) == training.examples.map(\.file))
      #expect(again.classNames == data.classNames)
      #expect(again.subset(.test)?.examples.map(\.label) == test.examples.map(\.label))
    }
    let text = String(decoding: try FileSystem.read(folder.path("split.csv")), as: UTF8.self)
    #expect(text.contains("\np/0000.png,p,"))
  }

  @Test("blanks are part of a quoted field only, and the writer quotes fields that begin or end with one")
  func blanks() throws {
    try folder.write(FileSystem.read(folder.path("p/0000.png")), to: " a ")
    let data = try load("file,label\n\" a \",\"cat \"\n p/0001.png , dog \n")
    #expect(data.examples.map(\.file) == [folder.path(" a "), folder.path("p/0001.png")])
    #expect(data.classNames == ["cat ", "dog"])
    #expect(LabelFile.csv(header: ["file", "label"], [[" a ", "cat"]]) == "file,label\n\" a \",cat\n")
  }
}
