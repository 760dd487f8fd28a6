import CPerceptHEIF
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptTestSupport
import Testing

@Suite("Image decoding and encoding")
struct DecodingTests {
  private let smooth = Oracle.smooth(width: 48, height: 32)

  @Test("PNG is lossless", arguments: ColorMode.allCases)
  func png(color: ColorMode) throws {
    for (width, height) in [(1, 1), (3, 7), (200, 1), (64, 65)] {
      let image = TestImages.noise(seed: 1, width: width, height: height, color: color)
      #expect(try Image(decoding: image.encodedPNG(), named: "a.png") == image)
    }
  }

  @Test("JPEG is close to the original, and closer at higher quality", arguments: ColorMode.allCases)
  func jpeg(color: ColorMode) throws {
    let image = TestImages.photo(seed: 2, width: 61, height: 43, color: color)
    func loss(_ quality: Int) throws -> Double {
      let decoded = try Image(decoding: image.encodedJPEG(quality: quality), named: "a.jpg")
      return try #require(image.difference(from: decoded)).mean
    }
    #expect(try loss(95) < 2)
    #expect(try loss(95) < loss(30))
    #expect(try loss(1000) == loss(100))
  }

  @Test("a side that is too long for JPEG is an error")
  func tooLongForJPEG() {
    let image = Image(width: 65_501, height: 1, color: .gray, pixels: [UInt8](repeating: 0, count: 65_501))
    #expect(throws: ImageError.self) { try image.encodedJPEG() }
  }

  @Test("the requested color mode is returned, otherwise that of the file")
  func color() throws {
    let bytes = try smooth.converted(to: .gray).encodedJPEG()
    #expect(try Image(decoding: bytes, named: "gray").color == .gray)
    #expect(try Image(decoding: bytes, named: "gray", color: .rgb).color == .rgb)
    #expect(try Image(decoding: smooth.encodedPNG(), named: "rgb", color: .gray) == smooth.converted(to: .gray))
  }

  @Test("lossy formats are close to the original", arguments: ["progressive.jpg", "cmyk.jpg", "smooth.webp"])
  func lossy(name: String) throws {
    let difference = try #require(smooth.difference(from: Image(contentsOf: Fixture.path(name))))
    #expect(difference.mean < 4)
  }

  @Test(
    "HEIC and AVIF are close to the original, and upright",
    .enabled(if: cheif_is_installed(), "libheif is not installed"),
    arguments: ["smooth.heic", "smooth.avif", "smooth_orientation6.avif"])
  func heif(name: String) throws {
    let expected = name.contains("6") ? Oracle.upright(smooth, orientation: 6) : smooth
    #expect(try #require(expected.difference(from: Image(contentsOf: Fixture.path(name)))).mean < 4)
  }

  @Test("transparency is composited over white", arguments: ["alpha.png", "alpha.webp"])
  func alpha(name: String) throws {
    let image = try Image(contentsOf: Fixture.path(name))
    for y in 0..<32 {
      for x in 0..<48 {
        let alpha = Double(x) * 255 / 47  // truncated to whole levels in the fixture
        for c in 0..<3 {
          let exact = (Double(smooth[x, y, c]) * alpha.rounded(.down) + 255 * (255 - alpha.rounded(.down))) / 255
          #expect(image[x, y, c] == UInt8(exact.rounded()), "\(x), \(y), \(c)")
        }
      }
    }
  }

  @Test(
    "straight and premultiplied alpha in HEIC and AVIF are composited over white",
    .enabled(if: cheif_is_installed(), "libheif is not installed"),
    arguments: ["alpha.avif", "alpha_premultiplied.avif", "alpha.heic", "alpha_premultiplied.heic"])
  func alphaInHEIF(name: String) throws {
    let expected = try Image(contentsOf: Fixture.path("alpha.png"))
    let difference = try #require(expected.difference(from: Image(contentsOf: Fixture.path(name))))
    #expect(difference.mean < 1 && difference.largest < 8, "\(difference)")
  }

  @Test(
    "a rotation counts before and after the declared size",
    .enabled(if: cheif_is_installed(), "libheif is not installed"))
  func orderOfProperties() throws {
    var bytes = try Fixture.bytes("smooth_orientation6.avif")
    let associations = try #require(bytes.indices.first { bytes[$0...].starts(with: [5, 1, 2, 0x83, 4, 0x85]) })
    bytes.replaceSubrange(associations + 1..<associations + 6, with: [0x85, 1, 2, 0x83, 4])
    let expected = try Image(contentsOf: Fixture.path("smooth_orientation6.avif"))
    #expect(try Image(decoding: bytes, named: "a.avif") == expected)
  }

  @Test(
    "an AVIF with only the brand of image sequences is decoded if it contains a still image",
    .enabled(if: cheif_is_installed(), "libheif is not installed"))
  func brandOfSequences() throws {
    var bytes = try Fixture.bytes("smooth.avif")
    let expected = try Image(decoding: bytes, named: "a.avif")
    for start in [8, 16, 20, 24, 28] { bytes.replaceSubrange(start..<start + 4, with: Array("avis".utf8)) }
    #expect(try Image(decoding: bytes, named: "a.avif") == expected)
  }

  @Test(
    "a grid of tiles is decoded", .enabled(if: cheif_is_installed(), "libheif is not installed"))
  func grid() throws {
    let expected = Oracle.smooth(width: 100, height: 70)
    #expect(try #require(expected.difference(from: Image(contentsOf: Fixture.path("grid.heic")))).mean < 4)
  }

  @Test(
    "the pixel budget applies to every format",
    arguments: ["alpha.png", "progressive.jpg", "smooth.webp", "smooth.heic", "smooth.avif"])
  func budget(name: String) throws {
    if name.hasSuffix("if") || name.hasSuffix("ic"), !cheif_is_installed() { return }
    let bytes = try Fixture.bytes(name)
    #expect(try Image(decoding: bytes, named: name, pixelBudget: 48 * 32).width == 48)
    #expect(throws: ImageError(name, .tooManyPixels(width: 48, height: 32, limit: 48 * 32 - 1))) {
      try Image(decoding: bytes, named: name, pixelBudget: 48 * 32 - 1)
    }
    #expect(throws: ImageError.self) { try Preprocessing().features(decoding: bytes, named: name, pixelBudget: 1) }
  }

  @Test("an image of one very long row is an error, even within the pixel budget")
  func longestSide() throws {
    let row = Image(width: 1_000_001, height: 1, color: .gray, pixels: [UInt8](repeating: 7, count: 1_000_001))
    let bytes = try row.encodedPNG()
    #expect(throws: ImageError("row.png", .tooLongSide(width: 1_000_001, height: 1, limit: 1_000_000))) {
      try Image(decoding: bytes, named: "row.png")
    }
  }

  @Test("no memory is allocated for a row of a PNG before its size is checked")
  func memoryForRow() throws {
    // An RGB image of 800,000,000 x 1 pixels, without their data.
    let header: [UInt8] = [0x2F, 0xAF, 0x08, 0x00, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x5B, 0x1A, 0x6C, 0x0C]
    let pixels: [UInt8] = [0x78, 0x9C, 0x63, 0, 0, 0, 1, 0, 1, 0x5E, 0xFF, 0x7D, 0xF9]
    var bytes: [UInt8] = [0x89] + Array("PNG\r\n\u{1A}\n".utf8)
    bytes += [0, 0, 0, 13] + Array("IHDR".utf8) + header
    bytes += [0, 0, 0, 9] + Array("IDAT".utf8) + pixels
    let growth = try PeakMemory.growth {
      #expect(throws: ImageError("a.png", .tooManyPixels(width: 800_000_000, height: 1, limit: 200_000_000))) {
        try Image(decoding: bytes, named: "a.png")
      }
    }
    #expect(growth < 500 << 20, "libpng would allocate two rows: 4.8 GB")
  }

  @Test("the error for a large image states the limit in words")
  func budgetInWords() {
    let error = ImageError("x.png", .tooManyPixels(width: 60_000, height: 60_000, limit: Image.defaultPixelBudget))
    #expect(
      error.description
        == "x.png: 60000 x 60000 pixels exceeds the limit of 200 million pixels; scale the image down first")
  }
}

@Suite("Damaged image files")
struct DamagedImageFilesTests {
  static let files = ["alpha.png", "progressive.jpg", "cmyk.jpg", "smooth.webp", "alpha.webp", "orientation6.png"]

  @Test("a truncated file is an error, wherever it is truncated", arguments: files)
  func prefixes(name: String) throws {
    let bytes = try Fixture.bytes(name)
    #expect(!bytes.isEmpty)
    for count in 0..<bytes.count {
      let cut = Array(bytes.prefix(count))
      // WebP pads chunks to even lengths, and libwebp does not need the padding.
      if name.hasSuffix("webp"), count == bytes.count - 1, (try? Image(decoding: cut, named: name)) != nil { continue }
      let error = #expect(throws: ImageError.self, "\(count) of \(bytes.count)") {
        try Image(decoding: cut, named: name)
      }
      #expect(error?.name == name)
    }
  }

  @Test("a PNG with any byte changed is an error or decodes to the same image")
  func flippedPNG() throws {
    let image = TestImages.noise(seed: 3, width: 9, height: 5)
    let bytes = try image.encodedPNG()
    #expect(!bytes.isEmpty)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x55
      let decoded = try? Image(decoding: changed, named: "a.png")
      #expect(decoded == nil || decoded == image, "byte \(index)")
    }
  }

  @Test("random changes never crash the decoder", arguments: files + ["smooth.avif", "smooth.heic"])
  func flips(name: String) throws {
    var generator = SeededGenerator(seed: 4)
    let bytes = try Fixture.bytes(name)
    let heavy = name.hasSuffix("if") || name.hasSuffix("ic")
    for _ in 0..<(heavy ? 100 : 1500) {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        changed[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      do {
        let image = try Image(decoding: changed, named: name, pixelBudget: 1_000_000)
        #expect(image.width * image.height <= 1_000_000)
      } catch {
        #expect(error.name == name)
      }
    }
  }

  @Test("random bytes after any signature never crash the decoder", arguments: 0..<40)
  func noise(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let starts = try DamagedImageFilesTests.files.map { try Array(Fixture.bytes($0).prefix(16 + seed)) }
    for start in starts {
      let noise = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
      _ = try? Image(decoding: start + noise, named: "noise", pixelBudget: 1_000_000)
    }
  }
}
