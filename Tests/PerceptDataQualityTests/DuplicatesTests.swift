import PerceptDataQuality
import PerceptDatasets
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Duplicates and leaks")
struct DuplicatesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func image(_ seed: UInt64, side: Int = 128) -> Image { TestImages.textured(seed: seed, side: side) }

  func dataset(_ name: String = "data", imageSize: Int = 64) throws -> Dataset {
    try Dataset(imageFolder: folder.path(name), preprocessing: Preprocessing(imageSize: imageSize))
  }

  func names(_ groups: [Duplicates.Group]) -> [[String]] {
    groups.map { $0.images.map { FileSystem.name(of: $0.example.file) } }
  }

  @Test("the same file, the same pixels, and what is saved anew are found, and nothing else")
  func likeness() throws {
    for seed in 1...6 as ClosedRange<UInt64> {
      try folder.write(image(seed).encodedPNG(), to: "data/a/\(seed).png")
      try folder.write(image(seed + 10).encodedPNG(), to: "data/b/\(seed).png")
    }
    try folder.write(image(1).encodedPNG(), to: "data/a/file.png")
    var other = try image(2).encodedPNG()
    other += [0]  // what stands behind the end of a PNG is not read
    try folder.write(other, to: "data/a/pixels.png")
    try folder.write(image(3).encodedJPEG(quality: 60), to: "data/a/quality.jpg")
    try folder.write(image(4).resized(to: ImageSize(64)).encodedJPEG(quality: 60), to: "data/b/small.jpg")
    let duplicates = try Duplicates(in: dataset())
    #expect(
      names(duplicates.groups) == [
        ["1.png", "file.png"], ["2.png", "pixels.png"], ["3.png", "quality.jpg"], ["4.png", "small.jpg"],
      ])
    #expect(duplicates.groups.map(\.likeness) == [.file, .pixels, .near, .near])
    #expect(names(duplicates.contradictions) == [["4.png", "small.jpg"]])
  }

  @Test("groups that have copies of one picture become one group")
  func joined() throws {
    for (name, seed) in [("x1", 1), ("y1", 1), ("x2", 2), ("z1", 3)] as [(String, UInt64)] {
      try folder.write(image(seed).encodedPNG(), to: "data/\(name == "z1" ? "b" : "a")/\(name).png")
    }
    let dataset = try dataset()
    let group = Duplicates(in: dataset).group { String(FileSystem.name(of: $0.file).prefix(1)) }
    let groups = dataset.examples.map(group)
    #expect(groups.count == 4 && Set(groups).count == 2 && Set(groups.dropLast()).count == 1)
    #expect(Set(dataset.examples.map(Duplicates(in: dataset).group())).count == 3)
  }

  @Test("blank pictures are copies of each other only where they are the same")
  func blank() throws {
    for level in [10, 10, 200] as [UInt8] {
      let name = "data/a/\(level)-\(try FileSystem.names(inFolder: folder.makeFolder("data/a")).count).png"
      let pixels = [UInt8](repeating: level, count: 32 * 32)
      try folder.write(Image(width: 32, height: 32, color: .gray, pixels: pixels).encodedPNG(), to: name)
    }
    try folder.write(image(1).encodedPNG(), to: "data/b/1.png")
    #expect(try names(Duplicates(in: dataset()).groups) == [["10-0.png", "10-1.png"]])
  }

  @Test("of pictures too small for a hash only the same files are the same")
  func small() throws {
    try folder.write(image(1).encodedPNG(), to: "data/a/1.png")
    try folder.write(image(1).encodedJPEG(quality: 60), to: "data/a/2.jpg")
    try folder.write(image(1).encodedPNG(), to: "data/b/1.png")
    try folder.write(image(1).encodedPNG() + [0], to: "data/b/2.png")
    let duplicates = try Duplicates(in: dataset(imageSize: 12))
    #expect(!duplicates.includesNear && names(duplicates.groups) == [["1.png", "1.png"]])
  }

  @Test("leaks are what later parts share with earlier ones, by picture and by group, and can be dropped")
  func leaks() throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      try folder.write(image(seed).encodedPNG(), to: "data/train/a/\(seed)_x.png")
      try folder.write(image(seed + 10).encodedPNG(), to: "data/train/b/\(seed + 10)_x.png")
    }
    try folder.write(image(2).encodedJPEG(quality: 60), to: "data/test/a/20_x.jpg")
    try folder.write(image(30).encodedPNG(), to: "data/test/a/3_y.png")
    try folder.write(image(31).encodedPNG(), to: "data/test/b/31_y.png")
    var parts = try DatasetSplits(of: dataset(), testFraction: 0, seed: 0, path: "data")
    let duplicates = Duplicates(among: parts.inOrder.map(\.dataset))
    let group = { (example: Example) in String(FileSystem.name(of: example.file).prefix { $0 != "_" }) }
    let byImage = Leak.all(between: parts.inOrder, duplicates: duplicates)
    #expect(byImage.map(\.reason) == [.sameImage(.near)])
    #expect(byImage.map { FileSystem.name(of: $0.other.file) } == ["2_x.png"])
    let both = Leak.all(between: parts.inOrder, duplicates: duplicates, groupedBy: group)
    #expect(Set(both.map { FileSystem.name(of: $0.example.file) }) == ["20_x.jpg", "3_y.png"])
    parts.drop(both)
    #expect(parts.test?.examples.map { FileSystem.name(of: $0.file) } == ["31_y.png"] && parts.training.count == 8)
  }

  @Test("a grouped split keeps groups together, the classes' shares, and its seed")
  func groupedSplit() throws {
    let examples = (0..<100).map { Example(file: "\($0 / 2)-\($0 % 2)", label: $0 < 60 ? 0 : 1) }
    let data = try Dataset(
      features: examples.map { _ in [0] }, examples: examples, classNames: ["a", "b"],
      preprocessing: Preprocessing(imageSize: 1, color: .gray))
    let group = { (example: Example) in String(example.file.prefix { $0 != "-" }) }
    for seed in 0..<10 as Range<UInt64> {
      let (training, test) = data.split(test: 0.2, groupedBy: group, seed: seed)
      #expect(Set(training.examples.map(group)).isDisjoint(with: test.examples.map(group)))
      #expect(test.classCounts == [12, 8] && training.count == 80)
      #expect(data.split(test: 0.2, groupedBy: group, seed: seed).test.examples == test.examples)
    }
    #expect(data.split(test: 0.2, groupedBy: { _ in "all" }, seed: 0).test.count == 0)
  }

  @Test(
    "20 copies of London faces in the test part are all found, and no other face is", .enabled(if: SharedData.isPresent)
  )
  func london() throws {
    let files = ["female", "male"].flatMap { SharedData.files(in: "london_neutral/\($0)", endingIn: ".jpg") }
    for (index, file) in files.enumerated() {
      let name = FileSystem.name(of: file)
      try folder.write(FileSystem.read(file), to: "data/\(index % 5 == 4 ? "test" : "train")/\(index % 2)/\(name)")
      guard index % 5 == 0, index < 100 else { continue }
      let image = try Image(contentsOf: file)
      let copy =
        switch index / 5 % 3 {
        case 0: try image.encodedPNG()
        case 1: try image.encodedJPEG(quality: 60)
        default: try image.resized(to: ImageSize(128)).encodedJPEG(quality: 60)
        }
      try folder.write(copy, to: "data/test/\(index % 2)/copy-\(name)")
    }
    let parts = try DatasetSplits(of: dataset(), testFraction: 0, seed: 0, path: "data").inOrder
    let leaks = Leak.all(between: parts, duplicates: Duplicates(among: parts.map(\.dataset)))
    #expect(leaks.count == 20)
    #expect(leaks.allSatisfy { FileSystem.name(of: $0.example.file) == "copy-" + FileSystem.name(of: $0.other.file) })
  }
}
