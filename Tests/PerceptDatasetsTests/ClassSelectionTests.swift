import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Class selection")
struct ClassSelectionTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("cat", 1), ("dog", 2), ("wolf", 3)])
  }

  func counts(_ selection: ClassSelection) throws -> [String: Int] {
    let data = try Dataset(DataSource(folder.path, classes: selection), preprocessing: Preprocessing(imageSize: 2))
    return Dictionary(uniqueKeysWithValues: zip(data.classNames, data.classCounts))
  }

  @Test("a selection picks labels and sets the order of the classes")
  func picks() throws {
    let source = try DataSource(folder.path, classes: ClassSelection("wolf, cat"))
    #expect(source.classNames == ["wolf", "cat"])
    #expect(source.leftOut == ["dog": 2])
    #expect(try counts(ClassSelection("wolf,cat")) == ["wolf": 3, "cat": 1])
  }

  @Test("labels are renamed, and labels with the same name are merged")
  func merges() throws {
    #expect(try counts(ClassSelection("cat=pet,dog=pet,wolf=wild")) == ["pet": 3, "wild": 3])
  }

  @Test("names in quotes or with backslashes may contain commas, equals signs, quotes, and blanks at their ends")
  func quoted() throws {
    let names = ["Pepper,_bell", "a=b", " x ", "5\" disk", "back\\slash", "\"", "plain"]
    try folder.addImages(names.map { (name: "special/\($0)", count: 1) })
    func classes(_ text: String) throws -> [String] {
      try DataSource(folder.path("special"), classes: ClassSelection(text)).classNames
    }
    #expect(try classes(#""Pepper,_bell", "a=b"=equation"#) == ["Pepper,_bell", "equation"])
    #expect(try classes(#"Pepper\,_bell,a\=b=x\=y=z"#) == ["Pepper,_bell", "x=y=z"])
    #expect(try classes(#"\ x\ ,5" disk,back\slash"#) == [" x ", #"5" disk"#, #"back\slash"#])
    #expect(try classes(names.map(ClassSelection.quoted).joined(separator: ",")) == names)
    #expect(ClassSelection.quoted("plain name") == "plain name")
    for text in ["\"plain", "\"plain\"x,\"a=b\"", "\"\",plain"] {
      #expect(throws: DatasetError.self) { try ClassSelection(text) }
    }
  }

  @Test("the error for an unknown class shows how to quote those that need it")
  func quotedError() throws {
    try folder.addImages([("special/Pepper,_bell", 1), ("special/Potato", 1)])
    #expect {
      try DataSource(folder.path("special"), classes: ClassSelection("Pepper,_bell,Potato"))
    } throws: { error in
      "\(error)" == #"unknown class "Pepper"; available classes: "Pepper,_bell", Potato"#
    }
  }

  @Test("unknown, repeated, and empty names are errors")
  func errors() throws {
    #expect(throws: DatasetError.unknownClass(name: "cow", available: ["cat", "dog", "wolf"])) {
      try DataSource(folder.path, classes: ClassSelection("cat,cow"))
    }
    for text in ["cat,cat", "cat,", "", "=pet,dog", "cat=,dog"] {
      #expect(throws: DatasetError.self) { try ClassSelection(text) }
    }
  }

  @Test("a selection aligned to a model has the classes of the model; the data may lack some, but not add others")
  func aligned() throws {
    let source = try DataSource(folder.path, classes: ClassSelection("wolf,cat").aligned(to: ["cat", "cow", "wolf"]))
    #expect(source.classNames == ["cat", "cow", "wolf"])
    let data = try Dataset(source, preprocessing: Preprocessing(imageSize: 2))
    #expect(data.classCounts == [1, 0, 3])
    #expect(throws: DatasetError.classUnknownToModel(name: "dog", known: ["cat", "wolf"])) {
      try DataSource(folder.path, classes: ClassSelection.all.aligned(to: ["cat", "wolf"]))
    }
  }
}
