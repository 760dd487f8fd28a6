import PerceptDataQuality
import PerceptDatasets
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Oddities and what tells classes apart besides the pictures")
struct OutlierTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func noise(_ seed: UInt64, width: Int = 80, height: Int = 80, highest: UInt64 = 255) -> Image {
    var state = seed
    let pixels = (0..<width * height * 3).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8((state >> 33) % (highest + 1))
    }
    return Image(width: width, height: height, color: .rgb, pixels: pixels)
  }

  @Test("each kind of odd picture is named, and no other is")
  func kinds() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      try folder.write(noise(seed).encodedPNG(), to: "data/\(seed % 2 == 0 ? "a" : "b")/\(seed).png")
    }
    let odd: [(name: String, image: Image)] = [
      ("blank", Image(width: 80, height: 80, color: .rgb, pixels: Array(repeating: 90, count: 80 * 80 * 3))),
      ("blurred", noise(40).resized(to: ImageSize(4)).resized(to: ImageSize(80))),
      ("dark", noise(41, highest: 20)), ("elongated", noise(42, width: 300)),
      ("tiny", noise(43, width: 31, height: 31)),
      ("gray", Image(width: 80, height: 80, color: .gray, pixels: Array(noise(44).pixels.prefix(80 * 80)))),
    ]
    for (name, image) in odd { try folder.write(image.encodedPNG(), to: "data/a/\(name).png") }
    let source = try DataSource(folder.path("data"))
    let found = try Outlier.all(in: Exploration(source).images, features: Dataset(source))
    for (name, _) in odd {
      let kinds = found.filter { FileSystem.name(of: $0.example.file) == "\(name).png" }.map(\.kind.rawValue)
      #expect(kinds.contains(name), "\(name): \(kinds)")
    }
    #expect(Set(found.map { FileSystem.name(of: $0.example.file) }).count == odd.count)
  }

  @Test("a format or a size that goes with the class is named, one that does not is not")
  func shortcutFeatures() throws {
    for seed in 1...12 as ClosedRange<UInt64> {
      let isEven = seed % 2 == 0
      let image = noise(seed, width: isEven ? 80 : 90)
      try folder.write(
        isEven ? image.encodedPNG() : image.encodedJPEG(), to: "told/\(isEven ? "a" : "b")/\(seed)")
      try folder.write(isEven ? image.encodedPNG() : image.encodedJPEG(), to: "not/\(seed <= 6 ? "a" : "b")/\(seed)")
    }
    let told = try ShortcutFeature.all(in: Exploration(DataSource(folder.path("told"))))
    #expect(told.map(\.property) == [.format, .size] && told.allSatisfy { $0.correct == 12 && $0.count == 12 })
    #expect(told.first?.values == ["PNG", "JPEG"])
    #expect(try ShortcutFeature.all(in: Exploration(DataSource(folder.path("not")))).isEmpty)
  }

  @Test("corrected labels count instead of the data's own, and what the data does not have is refused")
  func corrections() throws {
    for name in ["a/1", "a/2", "b/3"] { try folder.write(noise(1).encodedPNG(), to: "data/\(name).png") }
    func labels(_ text: String, classes: ClassSelection = .all) throws -> [Int] {
      let path = try folder.write(Array(("file,label\n" + text).utf8), to: "corrected.csv")
      return try Dataset(DataSource(folder.path("data"), classes: classes, labels: path)).examples.map(\.label)
    }
    #expect(try labels("data/a/2.png,b\n") == [0, 1, 1])
    #expect(try labels("data/../data/a/2.png,dog\n", classes: ClassSelection("a=cat,b=dog")) == [0, 1, 1])
    #expect(try labels("data/a/2.png,b\ndata/../data/a/2.png,b\n") == [0, 1, 1])
    for (text, problem) in [
      ("data/a/1.png,b\ndata/a/2.png,c\n", "no class \"c\" in the data, which has: a, b"),
      (
        "data/a/2.png,b\ndata/../data/a/2.png,a\n",
        folder.path("data/../data/a/2.png is \"a\" here and \"b\" in line 2")
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
