import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Folder layouts")
struct FolderLayoutTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Adds one image to each of the folders in `data`.
  func source(_ names: [String], classes: ClassSelection = .all) throws -> DataSource {
    let image = try TestImages.noise(seed: 1, width: 4, height: 4).encodedPNG()
    for name in names { try folder.write(image, to: "data/\(name)/x.png") }
    return try DataSource(folder.path("data"), classes: classes)
  }

  func dataset(_ source: DataSource) throws -> Dataset {
    try Dataset(source, preprocessing: Preprocessing(imageSize: 2))
  }

  @Test(
    "a name that contains the word of a split is that of the split",
    arguments: [
      ("train", .training), ("Training", .training), ("training_set", .training), ("TrainSet", .training),
      ("seg_train", .training), ("01_train", .training), ("train-images", .training), ("trainset", .training),
      ("train2017", .training), ("val", .validation), ("VALID", .validation), ("validation data", .validation),
      ("test", .test), ("test1", .test), ("Testing", .test), ("PublicTest", .test), ("holdout", .test), ("bus", nil),
      ("testament", nil), ("strain", nil), ("invalid", nil), ("test_train", nil), ("", nil), ("dataset", nil),
    ] as [(String, Split?)])
  func names(name: String, split: Split?) {
    #expect(Split(named: name) == split)
  }

  @Test(
    "folders whose names contain the words of splits are splits",
    arguments: [
      ["training_set", "test_set"], ["train_set", "test_set"], ["seg_train", "seg_test"],
      ["train_images", "test_images"], ["TrainData", "ValData"], ["01_train", "02_test"], ["train", "eval"],
      ["my_train", "test"],
    ])
  func splits(names: [String]) throws {
    let source = try source(names.flatMap { ["\($0)/cat", "\($0)/dog"] })
    let data = try dataset(source)
    #expect(data.classNames == ["cat", "dog"])
    #expect(data.subset(.training)?.classCounts == [1, 1])
    #expect((data.subset(.test) ?? data.subset(.validation))?.classCounts == [1, 1])
    #expect(source.warnings.isEmpty && source.notes.isEmpty && source.ignored.isEmpty)
  }

  @Test(
    "classes whose names contain the words of splits stay classes",
    arguments: [
      ["train", "bus", "car"], ["train/steam", "train/diesel", "bus/city", "bus/school"],
      ["train/images", "bus/images"], ["test_tube/glass", "training_shoes/red", "beaker/glass"],
      ["test_tube/2023", "training_shoes/2024"], ["bullet_train/a", "bullet_train/b", "bus/c"],
    ])
  func classes(names: [String]) throws {
    let classes = Set(names.map { String($0.prefix { $0 != "/" }) }).sorted()
    let source = try source(names)
    #expect(source.classNames == classes)
    #expect(source.warnings.isEmpty)
    #expect(try !dataset(source).isSplit)
  }

  @Test(
    "what looks like a split but is not used is a warning",
    arguments: [
      (["part1/a", "part1/b", "part2/a", "part2/b"], ["part1", "part2"], "part1, part2 contain the same subfolders"),
      (["train", "test"], ["test", "train"], "train is named like a split, but is read as a class"),
      (["cats_train", "cats_test", "dogs_train", "dogs_test"], nil, "dogs_test is named like a split, but is read as"),
      (["train/a", "train/b", "test"], ["a", "b"], "data/test is named like a split, but is not used"),
      (["train/a", "train/b", "extra/a", "extra/b"], ["a", "b"], "extra contains the same subfolders as train"),
      (["seg_train/a", "seg_train/b", "seg_test"], ["a", "b"], "seg_test is named like a split, but is not used"),
    ] as [([String], [String]?, String)])
  func warnings(names: [String], classes: [String]?, warning: String) throws {
    let source = try source(names)
    if let classes { #expect(source.classNames == classes) }
    #expect(source.warnings.contains { $0.contains(warning) }, "\(source.warnings)")
  }

  @Test("a class named like a split is a note, unless the class selection names it")
  func notes() throws {
    let names = ["train/steam", "train/diesel", "bus/city"]
    let notes = try source(names).notes
    #expect(notes.count == 1 && notes[0].contains("train is named like a split, but is read as a class"))
    #expect(try source(names, classes: .only(["train", "bus"])).notes.isEmpty)
  }

  @Test("the class selection decides whether folders are classes or splits")
  func selected() throws {
    let names = ["train/bus", "train/car", "test/bus", "test/car"]
    #expect(try source(names).classNames == ["bus", "car"])
    #expect(try source(names, classes: .only(["train", "test"])).classNames == ["train", "test"])
    #expect(try source(names, classes: .only(["car", "bus"])).classNames == ["car", "bus"])
  }

  @Test("several folders of the same split are read as one, with a warning")
  func merged() throws {
    let source = try source(["train", "seg_train", "test"].flatMap { ["\($0)/cat", "\($0)/dog"] })
    #expect(try dataset(source).subset(.training)?.classCounts == [2, 2])
    #expect(source.warnings.count == 1 && source.warnings[0].contains("seg_train, train are all read as the split"))
  }

  @Test("data in a single split counts as not split, with a note")
  func single() throws {
    let source = try source(["seg_train/cat", "seg_train/dog"])
    #expect(source.classNames == ["cat", "dog"])
    #expect(source.notes == ["All images are in the split \"train\", so the data counts as not split."])
  }

  @Test("folders around the data, as in unpacked archives, are skipped with a note")
  func nested() throws {
    try folder.write([1], to: "data/notes.txt")
    let source = try source(
      ["train", "test"].flatMap { ["pets/\($0)ing_set/\($0)ing_set/cat", "pets/\($0)ing_set/\($0)ing_set/dog"] })
    let data = try dataset(source)
    #expect(data.classNames == ["cat", "dog"])
    #expect(data.subset(.training)?.classCounts == [1, 1] && data.subset(.test)?.classCounts == [1, 1])
    #expect(source.notes.first == "Reading \(folder.path("data/pets")), the only folder in \(folder.path("data")).")
    #expect(source.notes.count == 3)
    #expect(source.ignored == ["notes.txt"])
  }

  @Test("a folder of class folders in a folder is read, unless it is a class of the model")
  func wrapped() throws {
    let names = ["cat/2023", "cat/2024"]
    #expect(try source(names).classNames == ["2023", "2024"])
    #expect(try source(names, classes: .all.aligned(to: ["cat", "dog"])).leftOut.isEmpty)
    try folder.write([1], to: "data/cat/y.png")
    #expect(throws: DatasetError.tooFewClasses(found: ["cat"], leftOut: [], path: folder.path("data"))) {
      try source(names)
    }
  }

  @Test("files and folders of the system are ignored at any depth")
  func systemFiles() throws {
    for name in ["@eaDir/x", "cat/@eaDir/x.png", "cat/deep/__MACOSX", "dog/#recycle", "$RECYCLE.BIN/a", "lost+found"] {
      try folder.write([1], to: "data/\(name)/y.png")
    }
    for name in ["Thumbs.db", "cat/Thumbs.db", "dog/desktop.ini", "cat/deep/_DS_Store"] {
      try folder.write([1], to: "data/\(name)")
    }
    let source = try source(["cat", "cat/deep", "dog"])
    #expect(source.classNames == ["cat", "dog"])
    #expect(source.ignored.isEmpty)
    let data = try dataset(source)
    #expect(data.classCounts == [2, 1] && data.skipped.isEmpty)
  }
}
