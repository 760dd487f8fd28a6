import Glibc
import PerceptDatasets
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Data sources")
struct DataSourceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func dataset(_ source: DataSource) throws -> Dataset {
    try Dataset(source, preprocessing: Preprocessing(imageSize: 4))
  }

  @Test("a folder of class folders: one class a folder, in the order of their names, files in order")
  func classFolders() throws {
    try folder.addImages([("dog", 3), ("cat", 2)])
    let photos = try dataset(DataSource(folder.path))
    #expect(photos.classNames == ["cat", "dog"])
    #expect(photos.classCounts == [2, 3])
    #expect(
      photos.examples.map(\.file)
        == ["cat/0000.png", "cat/0001.png", "dog/0000.png", "dog/0001.png", "dog/0002.png"].map(folder.path))
    #expect(photos.examples.map(\.label) == [0, 0, 1, 1, 1])
    #expect(!photos.isSplit)
  }

  @Test("pictures may lie deeper; hidden files and folders, and loose files, are no classes")
  func nestedAndHidden() throws {
    try folder.addImages([("cat/2024/may", 1), ("cat", 1), ("dog", 1), (".hidden", 1), ("cat/.thumbs", 1)])
    try folder.write([0, 1], to: ".DS_Store")
    try folder.write([0, 1], to: "dog/.DS_Store")
    try folder.write(Array("notes".utf8), to: "README.txt")
    let photos = try dataset(DataSource(folder.path))
    #expect(photos.classNames == ["cat", "dog"])
    #expect(photos.classCounts == [2, 1])
    #expect(photos.skipped.isEmpty)
  }

  @Test("train, val and test folders are parts, not classes")
  func parts() throws {
    try folder.addImages([("train/a", 3), ("train/b", 2), ("test/a", 1), ("test/b", 1), ("val/b", 1)])
    let photos = try dataset(DataSource(folder.path))
    #expect(photos.isSplit)
    #expect(photos.subset(.training)?.classCounts == [3, 2])
    #expect(photos.subset(.validation)?.classCounts == [0, 1])
    #expect(photos.subset(.test)?.classCounts == [1, 1])
  }

  @Test("a class may be called train when no other part stands beside it")
  func classCalledTrain() throws {
    try folder.addImages([("train", 2), ("bus", 2)])
    #expect(try DataSource(folder.path).classNames == ["bus", "train"])
  }

  @Test("one part alone is no split, and what stands beside class or part folders is told")
  func lonePart() throws {
    try folder.addImages([("data/train/a", 2), ("data/train/b", 2), ("data/unlabeled", 3)])
    try folder.write([1], to: "data/train/notes.txt")
    let source = try DataSource(folder.path("data"))
    #expect(source.classNames == ["a", "b"])
    #expect(source.ignored == ["train/notes.txt", "unlabeled"])
    #expect(try !dataset(source).isSplit)
  }

  @Test("a link to a folder above does not bring in the pictures of other classes")
  func loop() throws {
    try folder.addImages([("data/a", 2), ("data/b", 3)])
    #expect(symlink("..", folder.path("data/a/loop")) == 0)
    #expect(symlink(".", folder.path("data/a/self")) == 0)
    #expect(try dataset(DataSource(folder.path("data"))).classCounts == [2, 3])
  }

  @Test("reasons keep every letter after a file name in any script")
  func reasons() throws {
    try folder.addImages([("a", 1), ("b", 1)])
    try folder.write([], to: "a/照片-ñandú.jpg")
    #expect(try dataset(DataSource(folder.path)).skipped.map(\.reason) == ["empty file"])
  }

  @Test("a picture file that is far too large, and one that is a pipe, are skipped")
  func endless() throws {
    try folder.addImages([("a", 1), ("b", 1)])
    try folder.write([], to: "a/sparse.jpg")
    #expect(truncate(folder.path("a/sparse.jpg"), 30 << 30) == 0)
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    let list = try folder.write(Array("a/0000.png,a\nb/0000.png,b\npipe,b\na/sparse.jpg,a\n".utf8), to: "list.csv")
    let photos = try dataset(DataSource(list))
    #expect(photos.count == 2)
    #expect(photos.skipped.map(\.reason) == ["cannot be read: not a regular file", "holds more than 256 MiB"])
  }

  @Test("unreadable files are left out and named with the reason")
  func skipped() throws {
    try folder.addImages([("a", 2), ("b", 2)])
    let gif = try folder.write(Array("GIF89a......".utf8), to: "a/x.jpg")
    let empty = try folder.write([], to: "b/0000a.jpg")
    let photos = try dataset(DataSource(folder.path))
    #expect(photos.count == 4)
    #expect(photos.skipped.map(\.file) == [gif, empty])
    #expect(photos.skipped[0].reason.hasPrefix("a GIF picture"))
    #expect(photos.skipped[1].reason == "empty file")
  }

  @Test("nothing, no class folders, one class, an empty class and no readable picture are told apart")
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

  @Test("features are those of the preprocessing, row by row")
  func features() throws {
    try folder.addImages([("a", 2), ("b", 2)])
    let preprocessing = Preprocessing(imageSize: 5, color: .gray)
    let photos = try Dataset(imageFolder: folder.path, preprocessing: preprocessing)
    #expect(photos.featureCount == 25)
    for (index, example) in photos.examples.enumerated() {
      #expect(try photos.withFeatures(of: index, Array.init) == preprocessing.features(ofFile: example.file))
    }
  }
}

@Suite("Class selection")
struct ClassSelectionTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("cat", 1), ("dog", 2), ("wolf", 3)])
  }

  func counts(_ selection: ClassSelection) throws -> [String: Int] {
    let photos = try Dataset(DataSource(folder.path, classes: selection), preprocessing: Preprocessing(imageSize: 2))
    return Dictionary(uniqueKeysWithValues: zip(photos.classNames, photos.classCounts))
  }

  @Test("picks and orders")
  func picks() throws {
    let source = try DataSource(folder.path, classes: ClassSelection("wolf, cat"))
    #expect(source.classNames == ["wolf", "cat"])
    #expect(source.leftOut == ["dog": 2])
    #expect(try counts(ClassSelection("wolf,cat")) == ["wolf": 3, "cat": 1])
  }

  @Test("renames, and merges equal names")
  func merges() throws {
    #expect(try counts(ClassSelection("cat=pet,dog=pet,wolf=wild")) == ["pet": 3, "wild": 3])
  }

  @Test("an unknown, a repeated and a missing name are errors")
  func errors() throws {
    #expect(throws: DatasetError.unknownClass(name: "cow", available: ["cat", "dog", "wolf"])) {
      try DataSource(folder.path, classes: ClassSelection("cat,cow"))
    }
    for text in ["cat,cat", "cat,", "", "=pet,dog", "cat=,dog"] {
      #expect(throws: DatasetError.self) { try ClassSelection(text) }
    }
  }

  @Test("aligned to a model: its numbers, by name, whatever the data lacks")
  func aligned() throws {
    let source = try DataSource(folder.path, classes: ClassSelection("wolf,cat").aligned(to: ["cat", "cow", "wolf"]))
    #expect(source.classNames == ["cat", "cow", "wolf"])
    let photos = try Dataset(source, preprocessing: Preprocessing(imageSize: 2))
    #expect(photos.classCounts == [1, 0, 3])
    #expect(throws: DatasetError.classUnknownToModel(name: "dog", known: ["cat", "wolf"])) {
      try DataSource(folder.path, classes: ClassSelection.all.aligned(to: ["cat", "wolf"]))
    }
  }
}
