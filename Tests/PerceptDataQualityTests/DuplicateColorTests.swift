import PerceptDataQuality
import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Duplicates and color")
struct DuplicateColorTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let colors: [(name: String, rgb: [UInt8])] = [
    ("red", [255, 0, 0]), ("green", [0, 160, 0]), ("blue", [0, 0, 255]), ("yellow", [255, 255, 0]),
  ]

  /// Returns an image with the pixels inside a shape in one color and the others white.
  func shape(_ rgb: [UInt8], contains: (_ x: Int, _ y: Int) -> Bool) -> Image {
    let pixels = (0..<64 * 64).flatMap { contains($0 % 64, $0 / 64) ? rgb : [255, 255, 255] }
    return Image(width: 64, height: 64, color: .rgb, pixels: pixels)
  }

  /// Returns a textured image, as `textured` is, with one tint.
  func tinted(_ seed: UInt64) -> Image {
    let gray = TestImages.textured(seed: seed, side: 128).pixels
    let pixels = (0..<128 * 128).flatMap { pixel -> [UInt8] in
      let level = gray[3 * pixel] / 2
      return [level + 100, level + 60, level + 20]
    }
    return Image(width: 128, height: 128, color: .rgb, pixels: pixels)
  }

  /// Returns an image with each pixel changed by `change`.
  func mapped(_ image: Image, _ change: ([UInt8]) -> [UInt8]) -> Image {
    let pixels = (0..<image.width * image.height).flatMap { change(Array(image.pixels[3 * $0..<3 * $0 + 3])) }
    return Image(width: image.width, height: image.height, color: .rgb, pixels: pixels)
  }

  /// Returns the names of the files of each group among all files written so far.
  func groups(color: ColorMode = .rgb) throws -> [[String]] {
    try folder.write(shape([0, 0, 0]) { x, y in (x + 2 * y) % 23 < 5 }.encodedPNG(), to: "data/b/other.png")
    let dataset = try Dataset(
      imageFolder: folder.path("data"), preprocessing: Preprocessing(imageSize: 64, color: color))
    return Duplicates(in: dataset).groups.map { $0.images.map { FileSystem.name(of: $0.example.file) } }
  }

  @Test("images of one shape in different colors do not match")
  func shapes() throws {
    for (name, rgb) in Self.colors {
      let square = shape(rgb) { x, y in (16..<48).contains(x) && (16..<48).contains(y) }
      let disc = shape(rgb) { x, y in (x - 30) * (x - 30) + (y - 34) * (y - 34) < 300 }
      let letter = shape(rgb) { x, y in (12..<15).contains(x) || (30..<33).contains(y) && x > 14 && x < 44 }
      for (kind, image) in [("square", square), ("disc", disc), ("letter", letter)] {
        try folder.write(image.encodedPNG(), to: "data/a/\(kind)-\(name).png")
      }
    }
    try folder.write(FileSystem.read(folder.path("data/a/disc-red.png")), to: "data/b/copy.png")
    #expect(try groups() == [["disc-red.png", "copy.png"]])
  }

  @Test("photos with swapped channels do not match; re-encoded, resized, darker and gray copies do")
  func photos() throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      let image = tinted(seed)
      try folder.write(image.encodedPNG(), to: "data/a/\(seed).png")
      try folder.write(mapped(image) { [$0[2], $0[1], $0[0]] }.encodedPNG(), to: "data/b/\(seed)-swapped.png")
    }
    try folder.write(tinted(1).encodedJPEG(quality: 30), to: "data/b/1-quality.jpg")
    try folder.write(tinted(2).resized(to: ImageSize(64)).encodedPNG(), to: "data/b/2-half.png")
    let darker = mapped(tinted(3)) { $0.map { $0 / 5 * 4 } }
    try folder.write(darker.encodedPNG(), to: "data/b/3-darker.png")
    let gray = mapped(tinted(4)) { rgb in
      let luma = (299 * Int(rgb[0]) + 587 * Int(rgb[1]) + 114 * Int(rgb[2]) + 500) / 1000
      return Array(repeating: UInt8(luma), count: 3)
    }
    try folder.write(gray.encodedPNG(), to: "data/b/4-gray.png")
    #expect(
      try groups() == [
        ["1.png", "1-quality.jpg"], ["2.png", "2-half.png"], ["3.png", "3-darker.png"], ["4.png", "4-gray.png"],
      ])
  }

  @Test("in gray datasets, one shape in black and in light gray does not match, but a darker copy does")
  func gray() throws {
    for level in [0, 200] as [UInt8] {
      let square = shape([level, level, level]) { x, y in (16..<48).contains(x) && (10..<50).contains(y) }
      try folder.write(square.encodedPNG(), to: "data/a/\(level).png")
    }
    try folder.write(tinted(1).encodedPNG(), to: "data/a/photo.png")
    try folder.write(mapped(tinted(1)) { $0.map { $0 / 5 * 4 } }.encodedPNG(), to: "data/b/darker.png")
    #expect(try groups(color: .gray) == [["photo.png", "darker.png"]])
  }

  @Test(
    "celebrities saved again at quality 30 match, those with red and blue swapped do not",
    .enabled(if: SharedData.isPresent))
  func celebrities() throws {
    let files = SharedData.files(in: "celeb100/test/male") + SharedData.files(in: "celeb100/test/female")
    try #require(files.count == 20)
    for (index, file) in files.enumerated() {
      let image = try Image(contentsOf: file, color: .rgb)
      try folder.write(FileSystem.read(file), to: "data/a/\(index).jpg")
      try folder.write(image.encodedJPEG(quality: 30), to: "data/b/\(index)-again.jpg")
      try folder.write(mapped(image) { [$0[2], $0[1], $0[0]] }.encodedPNG(), to: "data/b/\(index)-swapped.png")
    }
    #expect(try Set(groups()) == Set((0..<20).map { ["\($0).jpg", "\($0)-again.jpg"] }))
  }
}
