import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Interpolation")
struct InterpolationTests {
  @Test("the methods have matplotlib's names and the order of its gallery")
  func names() {
    let names = """
      auto none nearest bilinear bicubic spline16 spline36 hanning hamming hermite kaiser quadric catrom gaussian \
      bessel mitchell sinc lanczos
      """
    #expect(Interpolation.allCases.map(\.rawValue) == names.split(separator: " ").map(String.init))
  }

  @Test(
    "the result agrees with matplotlib within one level, and a tenth of a level on average", arguments: Drawing.all,
    Interpolation.allCases)
  func matplotlib(drawing: Drawing, method: Interpolation) throws {
    let expected = try drawing.expected(method)
    let enlarged = try drawing.source().enlarged(to: drawing.size, by: method)
    #expect(enlarged.size == drawing.size)
    let drawn = drawing.kept(of: enlarged)
    try #require(drawn.count == expected.count)
    let differences = zip(drawn, expected).map { abs(Int($0) - Int($1)) }
    let copies = method == .none || method == .nearest
    #expect(differences.reduce(0, max) <= (copies ? 0 : 1))
    #expect(Double(differences.reduce(0, +)) / Double(differences.count) <= 0.1)
  }

  @Test(
    "auto is nearest if both directions are scaled by 1, 2 or more than 3, otherwise hanning",
    arguments: [
      ("10x10", Interpolation.nearest), ("20x20", .nearest), ("10x20", .nearest), ("31x40", .nearest),
      ("30x30", .hanning), ("40x30", .hanning), ("15x20", .hanning), ("40x25", .hanning), ("5x5", .hanning),
    ])
  func auto(size: String, chosen: Interpolation) throws {
    let size = try #require(ImageSize(size))
    let image = TestImages.noise(seed: 3, width: 10, height: 10)
    #expect(Interpolation.auto.resolved(from: image.size, to: size) == chosen)
    #expect(image.enlarged(to: size, by: .auto) == image.enlarged(to: size, by: chosen))
    #expect(Interpolation.sinc.resolved(from: image.size, to: size) == .sinc)
  }

  @Test("an image of one color keeps that color, at every level", arguments: Interpolation.allCases)
  func constant(method: Interpolation) {
    for level in UInt8.min...UInt8.max {
      let image = Image(width: 5, height: 4, color: .gray, pixels: Array(repeating: level, count: 20))
      for size in [ImageSize(width: 13, height: 9), ImageSize(width: 10, height: 12), ImageSize(width: 3, height: 2)] {
        let enlarged = image.enlarged(to: size, by: method)
        #expect(enlarged.pixels.allSatisfy { $0 == level }, "level \(level) at \(size)")
      }
    }
  }

  @Test("the result at the same size is the image itself", arguments: Interpolation.allCases)
  func sameSize(method: Interpolation) {
    let image = TestImages.noise(seed: 4, width: 9, height: 6)
    #expect(image.enlarged(to: image.size, by: method) == image)
  }

  @Test("enlarging a mirrored image mirrors the enlarged image", arguments: Interpolation.allCases, [2, 4])
  func mirror(method: Interpolation, factor: Int) {
    let image = TestImages.noise(seed: 5, width: 11, height: 7)
    let size = ImageSize(width: 11 * factor, height: 7 * factor)
    let enlarged = image.enlarged(to: size, by: method)
    #expect(mirrored(image).enlarged(to: size, by: method) == mirrored(enlarged))
    #expect(upsideDown(image).enlarged(to: size, by: method) == upsideDown(enlarged))
  }

  @Test("channels are processed equally and independently", arguments: Interpolation.allCases)
  func channels(method: Interpolation) {
    let gray = TestImages.noise(seed: 6, width: 8, height: 10, color: .gray)
    let size = ImageSize(width: 21, height: 35)
    let enlarged = gray.enlarged(to: size, by: method)
    #expect(gray.converted(to: .rgb).enlarged(to: size, by: method) == enlarged.converted(to: .rgb))
    let colored: [UInt8] = gray.pixels.flatMap { [$0, 0, 255] as [UInt8] }
    let image = Image(width: 8, height: 10, color: .rgb, pixels: colored).enlarged(to: size, by: method)
    #expect(image.pixels == enlarged.pixels.flatMap { [$0, 0, 255] as [UInt8] })
  }

  @Test("an image of one pixel keeps that pixel's color", arguments: Interpolation.allCases)
  func onePixel(method: Interpolation) {
    let pixel = Image(width: 1, height: 1, color: .rgb, pixels: [3, 141, 255])
    let enlarged = pixel.enlarged(to: ImageSize(width: 3, height: 2), by: method)
    #expect(enlarged.pixels == Array(repeating: pixel.pixels, count: 6).flatMap { $0 })
  }

  @Test("shrinking does not alias: fine stripes become their mean", arguments: Interpolation.smooth)
  func shrinking(method: Interpolation) {
    let stripes = Image(width: 60, height: 60, color: .gray, pixels: (0..<3600).map { $0 % 2 == 0 ? 0 : 255 })
    let shrunk = stripes.enlarged(to: ImageSize(width: 12, height: 20), by: method)
    #expect(shrunk.size == ImageSize(width: 12, height: 20))
    #expect(shrunk.pixels.allSatisfy { (100...155).contains($0) })
  }

  private func mirrored(_ image: Image) -> Image { reordered(image) { x, y in (image.width - 1 - x, y) } }

  private func upsideDown(_ image: Image) -> Image { reordered(image) { x, y in (x, image.height - 1 - y) } }

  private func reordered(_ image: Image, _ source: (Int, Int) -> (Int, Int)) -> Image {
    let channels = image.color.channelCount
    let pixels = (0..<image.width * image.height).flatMap { i -> ArraySlice<UInt8> in
      let (x, y) = source(i % image.width, i / image.width)
      let start = (y * image.width + x) * channels
      return image.pixels[start..<start + channels]
    }
    return Image(width: image.width, height: image.height, color: image.color, pixels: pixels)
  }
}

extension Interpolation {
  /// The methods that compute weighted sums of pixels and do not copy them.
  static var smooth: [Interpolation] { allCases.filter { ![.auto, .none, .nearest].contains($0) } }
}

/// An image as matplotlib draws it at a size with every method: a fixture that `Fixtures/interpolation/make.py` creates.
struct Drawing: Sendable, CustomTestStringConvertible {
  let name: String
  let size: ImageSize

  static let all = [
    Drawing("gray", 200, 200), Drawing("gray", 256, 256), Drawing("gray", 300, 300), Drawing("small", 32, 32),
    Drawing("small", 41, 41), Drawing("small", 48, 48), Drawing("small", 64, 27), Drawing("small", 16, 40),
    Drawing("color", 20, 33), Drawing("color", 16, 20),
  ]

  init(_ name: String, _ width: Int, _ height: Int) {
    self.name = name
    size = ImageSize(width: width, height: height)
  }

  var testDescription: String { "\(name) at \(size)" }

  func source() throws -> Image { try Image(contentsOf: path(name)) }

  /// Returns the stored rows of matplotlib's drawing.
  func expected(_ method: Interpolation) throws -> ArraySlice<UInt8> {
    let drawings = try Image(contentsOf: path("\(name)-\(size.width)x\(size.height)"))
    try #require(drawings.width == size.width)
    let index = try #require(Interpolation.allCases.firstIndex(of: method))
    let count = drawings.pixels.count / Interpolation.allCases.count
    return drawings.pixels[index * count..<(index + 1) * count]
  }

  /// Returns the same rows of another image: all rows, or 12 rows if it is higher than 100 rows.
  func kept(of image: Image) -> [UInt8] {
    let rows = size.height <= 100 ? Array(0..<size.height) : (0..<12).map { $0 * (size.height - 1) / 11 }
    let rowLength = image.width * image.color.channelCount
    return rows.flatMap { image.pixels[$0 * rowLength..<($0 + 1) * rowLength] }
  }

  private func path(_ name: String) -> String {
    FileSystem.path(FileSystem.folder(of: #filePath), "Fixtures/interpolation/\(name).png")
  }
}
