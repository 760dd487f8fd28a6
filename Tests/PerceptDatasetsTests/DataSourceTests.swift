import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("Data sources")
struct DataSourceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func dataset(_ source: DataSource) throws -> Dataset {
    try Dataset(source, preprocessing: Preprocessing(imageSize: 4))
  }

  @Test("every folder is a class; classes and files are in alphabetical order")
  func classFolders() throws {
    try folder.addImages([("dog", 3), ("cat", 2)])
    let data = try dataset(DataSource(folder.path))
    #expect(data.classNames == ["cat", "dog"])
    #expect(data.classCounts == [2, 3])
    #expect(
      data.examples.map(\.file)
        == ["cat/0000.png", "cat/0001.png", "dog/0000.png", "dog/0001.png", "dog/0002.png"].map(folder.path))
    #expect(data.examples.map(\.label) == [0, 0, 1, 1, 1])
    #expect(!data.isSplit)
  }

  @Test("images can be in subfolders; hidden files and folders, and files beside class folders, are ignored")
  func nestedAndHidden() throws {
    try folder.addImages([("cat/2024/may", 1), ("cat", 1), ("dog", 1), (".hidden", 1), ("cat/.thumbs", 1)])
    try folder.write([0, 1], to: ".DS_Store")
    try folder.write([0, 1], to: "dog/.DS_Store")
    try folder.write(Array("notes".utf8), to: "README.txt")
    let data = try dataset(DataSource(folder.path))
    #expect(data.classNames == ["cat", "dog"])
    #expect(data.classCounts == [2, 1])
    #expect(data.skipped.isEmpty)
  }

  @Test("folders named train, val, and test are splits, not classes")
  func splits() throws {
    try folder.addImages([("train/a", 3), ("train/b", 2), ("test/a", 1), ("test/b", 1), ("val/b", 1)])
    let data = try dataset(DataSource(folder.path))
    #expect(data.isSplit)
    #expect(data.subset(.training)?.classCounts == [3, 2])
    #expect(data.subset(.validation)?.classCounts == [0, 1])
    #expect(data.subset(.test)?.classCounts == [1, 1])
  }

  @Test("a folder named train that contains no folders is a class")
  func classCalledTrain() throws {
    try folder.addImages([("train", 2), ("bus", 2)])
    #expect(try DataSource(folder.path).classNames == ["bus", "train"])
  }

  @Test("a single split counts as no split, and files beside class and split folders are listed")
  func singleSplit() throws {
    try folder.addImages([("data/train/a", 2), ("data/train/b", 2), ("data/unlabeled", 3)])
    try folder.write([1], to: "data/train/notes.txt")
    let source = try DataSource(folder.path("data"))
    #expect(source.classNames == ["a", "b"])
    #expect(source.ignored == ["train/notes.txt", "unlabeled"])
    #expect(try !dataset(source).isSplit)
  }

  @Test("a symbolic link to a parent folder adds no images of other classes")
  func loop() throws {
    try folder.addImages([("data/a", 2), ("data/b", 3)])
    #expect(symlink("..", folder.path("data/a/loop")) == 0)
    #expect(symlink(".", folder.path("data/a/self")) == 0)
    #expect(try dataset(DataSource(folder.path("data"))).classCounts == [2, 3])
  }

  @Test("the reason of a skipped file is complete if its name is not ASCII")
  func reasons() throws {
    try folder.addImages([("a", 1), ("b", 1)])
    try folder.write([], to: "a/照片-ñandú.jpg")
    #expect(try dataset(DataSource(folder.path)).skipped.map(\.reason) == ["empty file"])
  }

  @Test("a listed file that is far too large, and one that is a pipe, are skipped")
  func endless() throws {
    try folder.addImages([("a", 1), ("b", 1)])
    try folder.write([], to: "a/sparse.jpg")
    #expect(truncate(folder.path("a/sparse.jpg"), 30 << 30) == 0)
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    let list = try folder.write(Array("a/0000.png,a\nb/0000.png,b\npipe,b\na/sparse.jpg,a\n".utf8), to: "list.csv")
    let data = try dataset(DataSource(list))
    #expect(data.count == 2)
    #expect(
      data.skipped.map(\.reason) == [
        "is not a regular file but a pipe or a device; write its content to a file and pass that",
        "is larger than the limit of 256 MiB",
      ])
    #expect(throws: FileError(folder.path("pipe"), .isNotRegular)) { try DataSource(folder.path("pipe")) }
  }

  @Test("unreadable files are skipped and listed with the reason")
  func skipped() throws {
    try folder.addImages([("a", 2), ("b", 2)])
    let other = try folder.write(Array("qoif......".utf8), to: "a/x.jpg")
    let empty = try folder.write([], to: "b/0000a.jpg")
    let data = try dataset(DataSource(folder.path))
    #expect(data.count == 4)
    #expect(data.skipped.map(\.file) == [other, empty])
    #expect(data.skipped[0].reason.hasPrefix("a QOI image"))
    #expect(data.skipped[1].reason == "empty file")
  }

  @Test("a missing path, no class folders, one class, an empty class, and no readable image are different errors")
  func errors() throws {
    #expect(throws: FileError(folder.path("none"), .notFound)) { try DataSource(folder.path("none")) }
    #expect(throws: DatasetError.noClassFolders(path: folder.path, images: 0)) { try DataSource(folder.path) }
    try folder.addImages([("a", 1)])
    #expect(throws: DatasetError.tooFewClasses(found: ["a"], leftOut: [], path: folder.path)) {
      try DataSource(folder.path)
    }
    try folder.makeFolder("b")
    #expect(throws: DatasetError.emptyClass(name: "b", path: folder.path)) { try DataSource(folder.path) }
    try folder.write([1, 2, 3, 4], to: "c/x.png")
    try folder.write([1, 2, 3, 4], to: "d/x.png")
    #expect {
      try dataset(DataSource(folder.path, classes: .only(["c", "d"])))
    } throws: { error in
      if case DatasetError.nothingReadable = error { true } else { false }
    }
  }

  @Test("rows are the features that the preprocessing yields for the files")
  func features() throws {
    try folder.addImages([("a", 2), ("b", 2)])
    let preprocessing = Preprocessing(imageSize: 5, color: .gray)
    let data = try Dataset(imageFolder: folder.path, preprocessing: preprocessing)
    #expect(data.featureCount == 25)
    #expect(!data.examples.isEmpty)
    for (index, example) in data.examples.enumerated() {
      #expect(try data.withFeatures(of: index, Array.init) == preprocessing.features(ofFile: example.file))
    }
  }
}
