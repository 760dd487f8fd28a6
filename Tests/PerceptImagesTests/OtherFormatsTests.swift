import CPerceptTIFF
import PerceptImages
import PerceptLinearAlgebra
import PerceptTestSupport
import Testing

@Suite("BMP, PNM, GIF and TIFF")
struct OtherFormatsTests {
  private static let hasTIFF = ctiff_is_installed()
  private static let files = PillowPixels.all.filter { hasTIFF || !$0.name.hasSuffix(".tif") }

  @Test("every file decodes to Pillow's pixels, over white", arguments: files)
  func pixels(file: PillowPixels) throws {
    let image = try Image(decoding: file.bytes, named: file.name, color: .rgb)
    #expect(try #require(image.difference(from: file.image)).largest == 0)
  }

  @Test("all fixtures are tested")
  func count() { #expect(PillowPixels.all.count == 68) }

  @Test("images without colors are gray, also with a palette")
  func gray() throws {
    for file in Self.files where file.name.hasPrefix("gray") || file.name.hasPrefix("bit") {
      #expect(try Image(decoding: file.bytes, named: file.name).color == .gray, "\(file)")
    }
  }

  @Test("a sample with more than 8 bits is scaled to 16 bits and reduced to its high byte, in every format")
  func sixteenBits() throws {
    for (maximum, sample, level) in [
      (65_535, 0x12FF, 0x12), (65_535, 65_535, 255), (1_023, 512, 0x80), (1_023, 1_023, 255), (256, 1, 1),
    ] {
      let file = Array("P5 1 1 \(maximum)\n".utf8) + [UInt8(sample >> 8), UInt8(sample & 255)]
      #expect(try Image(decoding: file, named: "a.pgm").pixels == [UInt8(level)])
    }
    guard Self.hasTIFF else { return }
    let pgm = try #require(PillowPixels.all.first { $0.name == "max65535.pgm" })
    let tiff = try #require(PillowPixels.all.first { $0.name == "gray16.tif" })
    #expect(
      try Image(decoding: pgm.bytes, named: pgm.name).pixels == Image(decoding: tiff.bytes, named: tiff.name).pixels)
  }

  @Test("a PAM contains gray or RGB, with or without alpha")
  func pam() throws {
    func file(_ type: String, depth: Int, maximum: Int = 255, _ samples: [UInt8]) -> [UInt8] {
      Array(
        "P7\n# a comment\nWIDTH 2\nHEIGHT 1\nDEPTH \(depth)\nMAXVAL \(maximum)\nTUPLTYPE \(type)\nENDHDR\n".utf8)
        + samples
    }
    func decoded(_ bytes: [UInt8]) throws -> Image { try Image(decoding: bytes, named: "a.pam") }
    #expect(try decoded(file("GRAYSCALE", depth: 1, [7, 9])).pixels == [7, 9])
    #expect(try decoded(file("BLACKANDWHITE", depth: 1, maximum: 1, [0, 1])).pixels == [0, 255])
    #expect(try decoded(file("GRAYSCALE_ALPHA", depth: 2, [7, 255, 0, 0])).pixels == [7, 255])
    #expect(try decoded(file("RGB", depth: 3, [1, 2, 3, 4, 5, 6])).pixels == [1, 2, 3, 4, 5, 6])
    #expect(try decoded(file("RGB_ALPHA", depth: 4, [1, 2, 3, 255, 4, 5, 6, 0])).pixels == [1, 2, 3, 255, 255, 255])
    for (type, depth) in [("RGB", 1), ("CMYK", 4), ("GRAYSCALE", 7)] {
      let bytes = file(type, depth: depth, [UInt8](repeating: 0, count: 14))
      #expect(throws: ImageError.self) { try Image(decoding: bytes, named: "a.pam") }
    }
  }

  @Test("the first of several frames is decoded, and the file counts as an animation")
  func animations() throws {
    for file in PillowPixels.all { #expect(Image.isAnimation(file.bytes) == (file.name == "animated.gif"), "\(file)") }
  }

  @Test(
    "a file with a missing part is an error, wherever it is truncated",
    arguments: files.filter { !$0.name.hasPrefix("text") && $0.name != "animated.gif" })
  func truncated(file: PillowPixels) throws {
    // The last byte of a GIF is a mark, pixels of a BMP may end before the last row of a run, and a directory of a TIFF or
    // its values may follow the pixels, so a truncated file may still contain all pixels.
    for count in 0..<file.bytes.count {
      let image = try? Image(decoding: Array(file.bytes.prefix(count)), named: file.name, color: .rgb)
      #expect(image == nil || image == file.image, "\(count) of \(file.bytes.count)")
      if count < file.bytes.count / 2 { #expect(image == nil, "\(count) of \(file.bytes.count)") }
    }
  }

  @Test("changed bytes never crash the decoder, nor exceed the pixel budget", arguments: files)
  func flips(file: PillowPixels) throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<500 {
      var changed = file.bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        changed[Int.random(in: 0..<changed.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      _ = Image.isAnimation(changed)
      let image = try? Image(decoding: changed, named: file.name, pixelBudget: 100_000)
      #expect(image.map { $0.width * $0.height <= 100_000 } ?? true)
    }
  }

  @Test("a TIFF without the library is an error that names its package")
  func missingLibrary() {
    let reason = ImageError.Reason.missingLibrary(format: "TIFF", library: "libtiff", package: "libtiff6")
    #expect(
      "\(reason)" == "TIFF images require the library libtiff (on Debian: apt install libtiff6); "
        + "or convert it to JPEG, PNG or WebP first")
  }
}

@Suite("Sizes that BMP, PNM, GIF and TIFF declare")
struct OtherFormatsSizeTests {
  private func little(_ number: Int, _ count: Int = 4) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  private func bmp(_ width: Int, _ height: Int, bits: Int = 24, compression: Int = 0) -> [UInt8] {
    Array("BM".utf8) + little(0) + little(0) + little(54) + little(40) + little(width) + little(height) + little(1, 2)
      + little(bits, 2) + little(compression) + [UInt8](repeating: 0, count: 24)
  }

  private func gif(_ width: Int, _ height: Int) -> [UInt8] {
    Array("GIF89a".utf8) + little(width, 2) + little(height, 2) + [0, 0, 0, 0x2C, 0, 0, 0, 0] + little(1, 2)
      + little(1, 2) + [0, 2, 2, 0x4C, 1, 0, 0x3B]
  }

  /// Returns a gray TIFF that is not compressed, with one byte of pixels.
  private func tiff(_ width: Int, _ height: Int, tile: (width: Int, height: Int)? = nil) -> [UInt8] {
    var entries = [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (277, 1)]
    entries +=
      tile.map { [(322, $0.width), (323, $0.height), (324, 8), (325, 1)] } ?? [(273, 8), (278, height), (279, 1)]
    let sorted = entries.sorted { $0.0 < $1.0 }
    let directory = sorted.flatMap { little($0.0, 2) + little(4, 2) + little(1) + little($0.1) }
    return Array("II".utf8) + little(42, 2) + little(10) + [7, 0] + little(sorted.count, 2) + directory + little(0)
  }

  private func reason(_ bytes: [UInt8]) -> String? {
    do throws(ImageError) {
      _ = try Image(decoding: bytes, named: "a")
      return nil
    } catch {
      return "\(error.reason)"
    }
  }

  @Test("are checked before memory depends on them")
  func budget() throws {
    let limit = "exceeds the limit of 200 million pixels"
    var files = [
      bmp(60_000, 60_000), bmp(60_000, -60_000), bmp(60_000, 60_000, bits: 8, compression: 1), gif(60_000, 60_000),
      Array("P6 60000 60000 255\n".utf8), Array("P1 60000 60000\n".utf8),
      Array("P7\nWIDTH 60000\nHEIGHT 60000\nDEPTH 3\nMAXVAL 255\nENDHDR\n".utf8),
    ]
    if ctiff_is_installed() { files += [tiff(60_000, 60_000), tiff(60_000, 60_000, tile: (16, 16))] }
    let growth = try PeakMemory.growth {
      for file in files { #expect(reason(file)?.contains(limit) == true, "\(file.prefix(20)): \(reason(file) ?? "")") }
    }
    #expect(growth < 300 << 20)
  }

  @Test("are errors if they are 0 or too long")
  func impossible() {
    for file in [bmp(0, 5), bmp(5, 0), bmp(-5, 5), gif(0, 0).replacing([1, 0, 1, 0, 0, 2], with: [0, 0, 0, 0, 0, 2])] {
      #expect(reason(file)?.contains("the declared size is") == true, "\(reason(file) ?? "")")
    }
    for file in ["P5 0 3 255\n", "P2 3 0 255\n0"] {
      #expect(reason(Array(file.utf8))?.contains("the declared size is") == true)
    }
    #expect(reason(bmp(1_000_001, 1))?.contains("a side exceeds the limit") == true)
  }

  @Test("are errors before memory is allocated if the file is too short for them")
  func tooShort() throws {
    let end = "unexpected end of file"
    let files = [
      bmp(14_000, 14_000), bmp(14_000, 14_000, bits: 1), Array("P6 14000 14000 255\n".utf8),
      Array("P3 14000 14000 255\n1 2 3".utf8), Array("P1 14000 14000\n0101".utf8),
      Array("P4 14000 14000\n0101".utf8),
    ]
    let growth = try PeakMemory.growth {
      for file in files { #expect(reason(file)?.contains(end) == true, "\(reason(file) ?? "")") }
    }
    #expect(growth < 300 << 20)
  }

  @Test(
    "of tiles may exceed those of the image a little", .enabled(if: ctiff_is_installed(), "libtiff is not installed"))
  func tiles() throws {
    #expect(
      reason(tiff(10, 10, tile: (8_192, 16)))?.contains("an image of 10 x 10 pixels contains tiles of 8192 x 16")
        == true)
    #expect(reason(tiff(10, 10, tile: (16, 1 << 30)))?.contains("contains tiles of 16 x 1073741824") == true)
    #expect(reason(tiff(10, 10, tile: (1_024, 1_024)))?.contains("contains tiles") == false)
    #expect(try Image(decoding: tiff(1, 1), named: "a").pixels == [7])
  }
}

@Suite("Damaged BMP, PNM, GIF and TIFF")
struct OtherFormatsDamageTests {
  @Test(
    "errors say what is wrong",
    arguments: [
      ("P5 2 2 0\n....", "the largest sample is 0, not 1 to 65535"),
      ("P5 2 2 65536\n........", "the largest sample is 65536, not 1 to 65535"),
      ("P5 2 2 9\n\u{1}\u{2}\u{a}\u{3}", "a sample is not from 0 to 9"),
      ("P2 1 1 9\n10\n", "a sample is not from 0 to 9"),
      ("P1 1 1\n2\n", "a sample is not from 0 to 1"), ("P5 x 2 255\n", "a number is missing"),
      ("P5 9999999999 2 255\n", "a number is too long"), ("P7\nWIDTH 2\nCOLOR 3\n", "the header is damaged"),
      ("P7\nDEPTH 1\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n", "DEPTH does not match TUPLTYPE"),
      ("GIF88a..........", "the signature is damaged"), ("GIF89a\u{1}\0\u{1}\0\0\0\0;", "it contains no image"),
      ("GIF89a\u{1}\0\u{1}\0\0\0\0?", "an unknown block"), ("GIF89a", "unexpected end of file"),
      ("GIF89a\u{1}\0\u{1}\0\0\0\0,\0\0\0\0\u{1}\0\u{1}\0\0\u{9}", "an index has 9 bits"),
      ("GIF89a\u{1}\0\u{1}\0\0\0\0,\0\0\0\0\u{1}\0\u{1}\0\0\u{2}\0;", "pixels are missing"),
      ("GIF89a\u{1}\0\u{1}\0\0\0\0,\0\0\0\0\u{1}\0\u{1}\0\0\u{2}\u{1}\u{7f}\0;", "the pixel data is damaged"),
      ("BM\0\0\0\0\0\0\0\0\u{1a}\0\0\0\u{d}\0\0\0..............", "the header has 13 bytes"),
      (
        "BM\0\0\0\0\0\0\0\0\u{1}\0\0\0\u{c}\0\0\0\u{1}\0\u{1}\0\u{1}\0\u{18}\0....",
        "the pixels begin within the header"
      ),
    ])
  func words(text: String, words: String) {
    let bytes = text.unicodeScalars.map { UInt8($0.value) }
    let error = #expect(throws: ImageError.self) { try Image(decoding: bytes, named: "a") }
    #expect(error?.description.hasSuffix("data (\(words))") == true, "\(error?.description ?? "")")
  }

  @Test("a kind that is not supported is an error that suggests a conversion")
  func unsupported() throws {
    var bmp = try #require(PillowPixels.all.first { $0.name == "rgb.bmp" }).bytes
    for (compression, words) in [
      (5, "a BMP image that contains a PNG"), (4, "a BMP image that contains a JPEG"),
      (9, "a BMP image of compression 9 with 24 bits per pixel"),
    ] {
      bmp[30] = UInt8(compression)
      let error = #expect(throws: ImageError.self) { try Image(decoding: bmp, named: "a") }
      #expect(error?.reason == .unsupported(kind: words))
    }
    guard ctiff_is_installed() else { return }
    let tiff = try #require(PillowPixels.all.first { $0.name == "none.tif" }).bytes
    for (tag, value, words) in [
      (259, 34_712, "a TIFF image with compression 34712"), (258, 32, "a TIFF image with 32-bit samples"),
      (262, 8, "a TIFF image with colors that are not gray, RGB or CMYK"),
    ] {
      let error = #expect(throws: ImageError.self) {
        try Image(decoding: self.tiff(tiff, setting: tag, to: value), named: "a")
      }
      #expect(error?.reason == .unsupported(kind: words))
    }
  }

  /// Returns a little-endian TIFF with another value of a tag in its first directory.
  private func tiff(_ bytes: [UInt8], setting tag: Int, to value: Int) -> [UInt8] {
    func number(_ place: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) } }
    var bytes = bytes
    let directory = number(4, 4)
    for entry in (0..<number(directory, 2)).map({ directory + 2 + 12 * $0 }) where number(entry, 2) == tag {
      let fields = [3, 1, 0, value]  // one SHORT
      for (place, field, count) in [(2, fields[0], 2), (4, fields[1], 4), (8, fields[3], 4)] {
        for i in 0..<count { bytes[entry + place + i] = UInt8(truncatingIfNeeded: field >> (8 * i)) }
      }
    }
    return bytes
  }
}

extension [UInt8] {
  /// Returns the bytes with the last occurrence of a part replaced.
  fileprivate func replacing(_ part: [UInt8], with other: [UInt8]) -> [UInt8] {
    guard let place = indices.last(where: { self[$0...].starts(with: part) }) else { return self }
    return self[..<place] + other + self[(place + part.count)...]
  }
}
