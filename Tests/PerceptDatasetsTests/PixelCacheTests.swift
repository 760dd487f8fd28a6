import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("Pixel cache")
struct PixelCacheTests {
  var cached: CachedData

  init() throws {
    cached = try CachedData()
    try cached.folder.addImages([("data/cat", 3), ("data/dog", 2)])
  }

  @Test("the second load decodes nothing and yields the same data")
  func warm() throws {
    let (cold, warm) = (try cached.load(), try cached.load())
    #expect(cold.decoded == 5 && warm.decoded == 0)
    expectEqual(cold.dataset, try cached.uncached())
    expectEqual(warm.dataset, cold.dataset)
  }

  @Test("the second load reads the pixels from the cache file")
  func servedFromFile() throws {
    let cold = try cached.load().dataset
    try cached.forge { $0.bytes[$0.pixels + 48] ^= 0xFF }
    let warm = try cached.load()
    var changed = cold.withFeatures(of: 1, Array.init)
    changed[0] ^= 0xFF
    #expect(warm.decoded == 0)
    #expect(warm.dataset.withFeatures(of: 1, Array.init) == changed)
  }

  enum Change: CaseIterable { case touched, replaced, added, removed, renamed, relabeled }

  @Test("every change of a file is detected, and only changed files are decoded", arguments: Change.allCases)
  func changes(change: Change) throws {
    let (file, other) = (cached.folder.path("data/cat/0001.png"), cached.folder.path("data/dog/9.png"))
    // Decoders stop at the end of the image.
    let large = try FileSystem.read(file) + [UInt8](repeating: 0, count: 2000)
    try FileSystem.write(large, to: file, replacing: true)
    setTime(file, 1_000_000)
    let before = try cached.load().dataset
    switch change {
    case .touched: setTime(file, 2_000_000)
    case .replaced:
      let image = try TestImages.sided(1, seed: 99, side: 12).encodedPNG()
      let bytes = image + [UInt8](repeating: 0, count: large.count - image.count)
      try FileSystem.write(bytes, to: file, replacing: true)
      setTime(file, 1_000_000)
    case .added: try FileSystem.write(large, to: other, replacing: false)
    case .removed: unlink(file)
    case .renamed: rename(file, cached.folder.path("data/cat/0009.png"))
    case .relabeled: rename(file, other)
    }
    let after = try cached.load()
    #expect(after.decoded == (change == .removed ? 0 : 1))
    #expect(after.dataset.examples != before.examples || change == .touched || change == .replaced)
    expectEqual(after.dataset, try cached.uncached())
    #expect(try cached.load().decoded == 0)
    #expect(cached.names.count == 1, "the old file is replaced")
  }

  @Test("an unreadable file is tried again and skipped with the same reason")
  func skipped() throws {
    try cached.folder.write(Array("text".utf8), to: "data/dog/broken.png")
    symlink("nowhere", cached.folder.path("data/dog/gone.png"))
    let cold = try cached.load()
    #expect(cold.dataset.skipped.map(\.reason) == ["text, not an image", "no such file or folder"])
    let warm = try cached.load()
    #expect(warm.decoded == 0)
    expectEqual(warm.dataset, cold.dataset)
    // Simulates a file that was unreadable for another reason, such as a missing library that is installed by now.
    try cached.forge { $0.bytes[$0.states + 1] = 1 }
    let fixed = try cached.load()
    #expect(fixed.decoded == 3, "the file that can be read now, and two that are still unreadable")
    expectEqual(fixed.dataset, cold.dataset)
    try cached.folder.addImages([("data/dog", 3)])
    rename(cached.folder.path("data/dog/0002.png"), cached.folder.path("data/dog/nowhere"))
    let found = try cached.load().dataset
    #expect(found.skipped.count == 1)
    expectEqual(found, try cached.uncached())
  }

  @Test("animations are counted, in new and in cached data")
  func animations() throws {
    let image = TestImages.photo(seed: 1, width: 9, height: 7)
    try cached.folder.write(TestImages.animatedPNG(image), to: "data/cat/animated.png")
    try cached.folder.write(Array("text".utf8), to: "data/cat/broken.png")
    let cold = try cached.load().dataset
    #expect(cold.animationCount == 1 && cold.skipped.count == 1)
    let warm = try cached.load()
    #expect(warm.decoded == 0 && warm.dataset.animationCount == 1)
    #expect(warm.dataset.subset([0]).animationCount == 1, "that of the data source, as for skipped files")
    try cached.folder.write(image.encodedPNG(), to: "data/cat/added.png")
    let extended = try cached.load()
    #expect(extended.decoded == 2 && extended.dataset.animationCount == 1, "the new and the unreadable file")
    try cached.folder.write(image.encodedPNG(), to: "data/cat/animated.png")
    #expect(try cached.load().dataset.animationCount == 0)
  }

  @Test("nothing is cached if no image can be read")
  func nothingReadable() throws {
    for name in ["cat/0000", "cat/0001", "cat/0002", "dog/0000", "dog/0001"] {
      try cached.folder.write([1], to: "data/\(name).png")
    }
    #expect(throws: DatasetError.self) { try cached.load() }
    #expect(cached.names.isEmpty)
  }

  @Test("another preprocessing or class selection has a cache file of its own; another path to the same data has not")
  mutating func keys() throws {
    func expectNew(_ isNew: Bool, _ path: String? = nil, _ classes: ClassSelection = .all) throws {
      let loaded = try cached.load(path, classes: classes)
      #expect((loaded.decoded > 0) == isNew)
      expectEqual(loaded.dataset, try cached.uncached(path, classes: classes))
    }
    try expectNew(true)
    for preprocessing in [
      Preprocessing(imageSize: 5), Preprocessing(imageSize: 4, fit: .pad), Preprocessing(imageSize: 4, color: .gray),
    ] {
      cached.preprocessing = preprocessing
      try expectNew(true)
    }
    try expectNew(true, nil, .only(["dog", "cat"]))
    try expectNew(true, nil, ClassSelection("cat=dog,dog=cat"))
    try expectNew(false, nil, .only(["cat", "dog"]))
    try expectNew(false, nil, .all.aligned(to: ["cat", "dog"]))
    try expectNew(false, cached.data + "/")
    try expectNew(false, cached.data + "/../data")
    symlink("data", cached.folder.path("link"))
    try expectNew(false, cached.folder.path("link"))
    #expect(cached.names.count == 6)
  }

  @Test("label files with splits are cached, and a changed split is detected")
  func labelFile() throws {
    let lines = "file,label,split\ncat/0000.png,a,train\ndog/0000.png,b,train\ncat/0001.png,a,test\n"
    let path = try cached.folder.write(Array(lines.utf8), to: "data/labels.csv")
    #expect(try cached.load(path).decoded == 3)
    try cached.folder.write(Array(lines.replacing("test", with: "val").utf8), to: "data/labels.csv")
    let again = try cached.load(path)
    #expect(again.decoded == 0)
    #expect(again.dataset.subset(.validation)?.count == 1)
    expectEqual(again.dataset, try cached.uncached(path))
  }
}
