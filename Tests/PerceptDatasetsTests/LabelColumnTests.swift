import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Columns of label files")
struct LabelColumnTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("p", 4)])
  }

  func source(_ text: String, as name: String = "labels.csv") throws -> DataSource {
    try DataSource(try folder.write(Array(text.utf8), to: name))
  }

  func dataset(_ source: DataSource) throws -> Dataset {
    try Dataset(source, preprocessing: Preprocessing(imageSize: 2))
  }

  /// Returns the line and the problem of the error in a label file.
  func problem(_ text: String, as name: String = "labels.csv") -> (line: Int, text: String)? {
    do {
      _ = try source(text, as: name)
      return nil
    } catch DatasetError.malformedLine(_, let line, let problem) {
      return (line, problem)
    } catch {
      return nil
    }
  }

  @Test(
    "a header with usual names is no image",
    arguments: [
      "image_id,breed", "filepath,label", "image_path,label", "id,label", "Image Index,Finding Labels",
      "filename,class_name", "img,target", "fname,category", "FILE,Label", "File-Name,has_cactus", "picture,cultivar",
      "thing,label",
    ])
  func headers(header: String) throws {
    let data = try dataset(source("\(header)\np/0000.png,cat\np/0001.png,dog\n"))
    #expect(data.classNames == ["cat", "dog"])
    #expect(data.examples.map(\.file) == ["p/0000.png", "p/0001.png"].map(folder.path))
    #expect(data.skipped.isEmpty)
  }

  @Test("columns can be in any order, with others between them")
  func order() throws {
    let text = "width,class_name,id,image_path\n4,cat,1,p/0000.png\n4,dog,2,p/0001.png\n"
    let data = try dataset(source(text))
    #expect(data.classNames == ["cat", "dog"])
    #expect(data.examples.map(\.file) == ["p/0000.png", "p/0001.png"].map(folder.path))
  }

  @Test(
    "a header that is not understood is an error in its line",
    arguments: ["thing,what", "image_id,healthy,rust", "what,how,label", "thing,what,where"])
  func unknownHeaders(header: String) throws {
    let found = try #require(problem("\n\(header)\np/0000.png,cat,x\np/0001.png,dog,y\n"))
    #expect(found.line == 2)
    #expect(found.text.contains("header") && found.text.contains("name the columns file,label"))
  }

  @Test("the first image is not taken for a header, even if its label is a usual name of a column")
  func noHeader() throws {
    #expect(try source("p/0000.png,type\np/0001.png,y\n").classNames == ["type", "y"])
    try folder.write(FileSystem.read(folder.path("p/0000.png")), to: "first")
    #expect(try source("first,tag\np/0001.png,y\n").classNames == ["tag", "y"])
    #expect(try dataset(source("gone.png,cat\np/0001.png,dog\np/0002.png,cat\n")).skipped.count == 1)
  }

  @Test(
    "columns are separated by semicolons or tabs if the first line contains no comma",
    arguments: [
      ("file;label\np/0000.png;cat, big\np/0001.png;dog\n", "l.csv"),
      ("p/0000.png;\"cat, big\"\np/0001.png;dog\n", "l.csv"),
      ("file\tlabel\np/0000.png\tcat, big\np/0001.png\tdog\n", "l.tsv"),
      ("p/0000.png\tcat, big\np/0001.png\tdog\n", "l.tsv"),
    ])
  func separators(text: String, name: String) throws {
    #expect(try source(text, as: name).classNames == ["cat, big", "dog"])
  }

  @Test(
    "columns of splits are recognized by name or by their values",
    arguments: ["split", "Split", "subset", "set", "partition", "fold", "usage", "dataset", "data set", "role"])
  func splitColumns(name: String) throws {
    let values = ["train", "Training", name == "role" ? "test" : "PublicTest", "val"]
    let rows = values.indices.map { "p/000\($0).png,\($0 % 2),\(values[$0])\n" }
    let source = try source("file,label,\(name)\n" + rows.joined())
    let data = try dataset(source)
    #expect(data.subset(.training)?.count == 2)
    #expect(data.subset(.test)?.examples.map(\.file) == [folder.path("p/0002.png")])
    #expect(data.subset(.validation)?.examples.map(\.file) == [folder.path("p/0003.png")])
    #expect(source.warnings.isEmpty)
  }

  @Test(
    "columns such as is_valid assign images to splits",
    arguments: [
      ("is_valid", "False,True", [.training, .validation]), ("isTest", "0,1", [.training, .test]),
      ("IS VALID", "no,yes", [.training, .validation]), ("is_train", "true,false", [.training, .test]),
      ("is_test", ",1", [.training, .test]),
    ] as [(String, String, [Split])])
  func flags(name: String, values: String, splits: [Split]) throws {
    let values = values.split(separator: ",", omittingEmptySubsequences: false)
    let rows = (0..<4).map { "p/000\($0).png,\($0 < 2 ? "a" : "b"),\(values[$0 % 2])\n" }
    let data = try dataset(source("file,label,\(name)\n" + rows.joined()))
    #expect(data.examples.map(\.split) == [splits[0], splits[1], splits[0], splits[1]])
  }

  @Test("is_valid and is_test together give three splits, and no image may be in both")
  func twoFlags() throws {
    let rows = ["a,0,0", "b,1,0", "a,0,1", "b,0,0"].enumerated().map { "p/000\($0).png,\($1)\n" }.joined()
    let data = try dataset(source("file,label,is_valid,is_test\n" + rows))
    #expect(data.examples.map(\.split) == [.training, .validation, .test, .training])
    let found = try #require(problem("file,label,is_valid,is_test\n" + rows + "p/0000.png,a,1,1\n"))
    #expect(found.line == 6 && found.text.contains("is_valid, is_test"))
  }

  @Test("JSON Lines files have the same columns")
  func jsonColumns() throws {
    let lines = (0..<4).map { #"{"image":"p/000\#($0).png","breed":"\#($0 % 2)","is_valid":\#($0 > 1),"box":[1,2]}"# }
    let data = try dataset(source(lines.joined(separator: "\n"), as: "l.jsonl"))
    #expect(data.classNames == ["0", "1"])
    #expect(data.examples.map(\.split) == [.training, .training, .validation, .validation])
  }

  @Test("a column that looks like a split but has other values is a warning; some unknown values are an error")
  func unusedColumns() throws {
    let folds = try source("file,label,fold\np/0000.png,a,0\np/0001.png,b,1\n")
    #expect(try !dataset(folds).isSplit)
    #expect(folds.warnings.count == 1)
    #expect(folds.warnings[0].contains("the column \"fold\" looks like a split"))
    #expect(folds.warnings[0].contains("its values (0, 1)"))
    let found = try #require(problem("file,label,subset\np/0000.png,a,train\np/0001.png,b,tset\n"))
    #expect(found.line == 3 && found.text == "subset must be train, val or test (got \"tset\")")
    #expect(try source("file,label,weather\np/0000.png,a,rain\np/0001.png,b,sun\n").warnings.isEmpty)
  }

  @Test("the error for files without extension, or in another folder, shows an existing file")
  func missingExtensions() throws {
    for (text, file) in [
      ("id,breed\np/0000,cat\np/0001,dog\n", "p/0000.png"), ("id,breed\n0000,cat\n0001,dog\n", "p/0000.png"),
      ("0000.png,cat\n0001.png,dog\n", "p/0000.png"),
    ] {
      let found = try #require(problem(text))
      #expect(found.text.contains("no such file: ") && found.text.contains("there is \(folder.path(file));"))
    }
  }

  @Test("a text in another encoding is an error that says so")
  func encodings() throws {
    let text = "file,label\np/0000.png,goat\np/0001.png,cat\n"
    let units = Array(text.utf16)
    let little = units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    let big = units.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    let latin = Array("file,label\np/0000.png,ch".utf8) + [0xE9] + Array("vre\n".utf8)
    for (bytes, encoding, line) in [
      (little, "UTF-16", 1), (big, "UTF-16", 1), ([0xFF, 0xFE] + little, "UTF-16", 1), (latin, "Windows-1252", 2),
    ] as [([UInt8], String, Int)] {
      for name in ["l.csv", "l.jsonl"] {
        let path = try folder.write(bytes, to: name)
        let problem = "not UTF-8 text (it looks like \(encoding)); save the file as UTF-8"
        #expect(throws: DatasetError.malformedLine(path: path, line: line, problem: problem)) { try DataSource(path) }
      }
    }
  }
}
