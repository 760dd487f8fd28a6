import PerceptDataQuality
import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Leaks")
struct LeakTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func image(_ seed: UInt64) -> Image { TestImages.textured(seed: seed, side: 128) }

  func dataset() throws -> Dataset {
    try Dataset(imageFolder: folder.path("data"), preprocessing: Preprocessing(imageSize: 64))
  }

  @Test("an image that matches one in an earlier split, by duplicate or by group, is a leak and can be dropped")
  func leaks() throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      try folder.write(image(seed).encodedPNG(), to: "data/train/a/\(seed)_x.png")
      try folder.write(image(seed + 10).encodedPNG(), to: "data/train/b/\(seed + 10)_x.png")
    }
    try folder.write(image(2).encodedJPEG(quality: 60), to: "data/test/a/20_x.jpg")
    try folder.write(image(30).encodedPNG(), to: "data/test/a/3_y.png")
    try folder.write(image(31).encodedPNG(), to: "data/test/b/31_y.png")
    var splits = try DatasetSplits(of: dataset(), testFraction: 0, seed: 0, path: "data")
    let duplicates = Duplicates(among: splits.inOrder.map(\.dataset))
    let group = { (example: Example) in String(FileSystem.name(of: example.file).prefix { $0 != "_" }) }
    let byImage = Leak.all(between: splits.inOrder, duplicates: duplicates)
    #expect(byImage.map(\.reason) == [.sameImage(.near)])
    #expect(byImage.map { FileSystem.name(of: $0.other.file) } == ["2_x.png"])
    let both = Leak.all(between: splits.inOrder, duplicates: duplicates, groupedBy: group)
    #expect(Set(both.map { FileSystem.name(of: $0.example.file) }) == ["20_x.jpg", "3_y.png"])
    splits.drop(both)
    #expect(splits.test?.examples.map { FileSystem.name(of: $0.file) } == ["31_y.png"] && splits.training.count == 8)
  }

  @Test(
    "all 20 copies of London faces in the test split are leaks, and no other face is",
    .enabled(if: SharedData.isPresent))
  func london() throws {
    let files = ["female", "male"].flatMap { SharedData.files(in: "london_neutral/\($0)", endingIn: ".jpg") }
    #expect(!files.isEmpty)
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
    let splits = try DatasetSplits(of: dataset(), testFraction: 0, seed: 0, path: "data").inOrder
    let leaks = Leak.all(between: splits, duplicates: Duplicates(among: splits.map(\.dataset)))
    #expect(leaks.count == 20)
    #expect(leaks.allSatisfy { FileSystem.name(of: $0.example.file) == "copy-" + FileSystem.name(of: $0.other.file) })
  }
}
