import PerceptDataQuality
import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Duplicates")
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

  @Test("identical files, identical pixels, and re-encoded images match; other images do not")
  func likeness() throws {
    for seed in 1...6 as ClosedRange<UInt64> {
      try folder.write(image(seed).encodedPNG(), to: "data/a/\(seed).png")
      try folder.write(image(seed + 10).encodedPNG(), to: "data/b/\(seed).png")
    }
    try folder.write(image(1).encodedPNG(), to: "data/a/file.png")
    var other = try image(2).encodedPNG()
    other += [0]  // decoders ignore bytes after the end of a PNG
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

  @Test("groups that contain copies of the same image are merged")
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

  @Test("blank images match only if their pixels are identical")
  func blank() throws {
    for level in [10, 10, 200] as [UInt8] {
      let name = "data/a/\(level)-\(try FileSystem.names(inFolder: folder.makeFolder("data/a")).count).png"
      let pixels = [UInt8](repeating: level, count: 32 * 32)
      try folder.write(Image(width: 32, height: 32, color: .gray, pixels: pixels).encodedPNG(), to: name)
    }
    try folder.write(image(1).encodedPNG(), to: "data/b/1.png")
    #expect(try names(Duplicates(in: dataset()).groups) == [["10-0.png", "10-1.png"]])
  }

  @Test("images too small for a hash match only if their files are identical")
  func small() throws {
    try folder.write(image(1).encodedPNG(), to: "data/a/1.png")
    try folder.write(image(1).encodedJPEG(quality: 60), to: "data/a/2.jpg")
    try folder.write(image(1).encodedPNG(), to: "data/b/1.png")
    try folder.write(image(1).encodedPNG() + [0], to: "data/b/2.png")
    let duplicates = try Duplicates(in: dataset(imageSize: 12))
    #expect(!duplicates.includesNear && names(duplicates.groups) == [["1.png", "1.png"]])
  }
}
