import CPerceptHEIF
import PerceptImages
import PerceptTestSupport
import Testing

/// Whatever size a file declares, memory for it is allocated only within the limits.
@Suite("Declared sizes of HEIC and AVIF", .enabled(if: cheif_is_installed(), "libheif is not installed"))
struct DeclaredSizeTests {
  private let honest = (width: 160, height: 120)
  private let large = (width: 9_000, height: 8_000)
  private let layered = (width: 4 * 160 + 63, height: 4 * 120 + 63)
  private let image = HEIFFile.Item(
    type: "av01", data: CodedStream.sequenceHeader(160, 120, isReduced: true),
    properties: [HEIFFile.declared(160, 120)])

  @Test("an HEVC stream larger than declared is an error, in the configuration and in the data")
  func hevc() {
    for sublayers in [0, 1, 6] {
      for (coded, isLie) in [(large, true), (honest, false), (layered, false)] {
        let set = CodedStream.sequenceParameterSet(coded.width, coded.height, sublayers: sublayers)
        let small = CodedStream.sequenceParameterSet(160, 120)
        let other: [UInt8] = [34 << 1, 1, 7, 7]
        expect(isLie, coded, hevc(configuration: [small, set], data: [other]))
        expect(isLie, coded, hevc(configuration: [small], data: [other, set]))
      }
    }
  }

  @Test("another layer of an HEVC stream does not count")
  func layers() {
    let set = CodedStream.sequenceParameterSet(9_000, 8_000, layer: 1)
    expect(false, large, hevc(configuration: [CodedStream.sequenceParameterSet(160, 120), set], data: []))
  }

  @Test("an AV1 stream larger than declared is an error, in the configuration and in the data")
  func av1() {
    for isReduced in [true, false] {
      for (coded, isLie) in [(large, true), (honest, false), (layered, false)] {
        let header = CodedStream.sequenceHeader(coded.width, coded.height, isReduced: isReduced)
        let small = CodedStream.sequenceHeader(160, 120, isReduced: true)
        expect(isLie, coded, av1(configuration: header, data: small))
        expect(isLie, coded, av1(configuration: [], data: small + CodedStream.unit(2, []) + header))
      }
    }
  }

  @Test("an AV1 frame that overrides the size counts as the largest size that its header can declare")
  func override() {
    for (bits, overridesSize, isLie) in [((16, 16), true, true), ((16, 16), false, false), ((8, 7), true, false)] {
      let header = CodedStream.sequenceHeader(160, 120, isReduced: false, sideBits: bits)
      let file = av1(configuration: [], data: header + CodedStream.frame(overridesSize: overridesSize))
      expect(isLie, (65_536, 65_536), file)
    }
  }

  @Test("a canvas or a part larger than the image is an error")
  func derived() {
    for type in ["grid", "iovl"] {
      for (width, height, isLie) in [(160, 120, false), (9_000, 100, true), (100, 8_000, true)] {
        let data = HEIFFile.canvas(width, height, isGrid: type == "grid")
        let derived = HEIFFile.Item(type: type, data: data, properties: [HEIFFile.declared(160, 120)])
        let file = HEIFFile(items: [derived, image], references: [("dimg", 1, [2])])
        expect(isLie, (width, height), file)
      }
    }
    for (type, from, to) in [("dimg", 1, 2), ("auxl", 2, 1)] {
      for (width, height, isLie) in [(1_024, 1_024, false), (9_000, 100, true), (100, 8_000, true)] {
        let derived = HEIFFile.Item(type: "iden", properties: [HEIFFile.declared(160, 120)])
        var part = image
        part.properties = [HEIFFile.declared(width, height)]
        expect(isLie, (width, height), HEIFFile(items: [derived, part], references: [(type, from, [to])]))
      }
    }
  }

  @Test("images that refer to each other are an error, instead of a recursion without end")
  func circles() {
    let copy = HEIFFile.Item(type: "iden", properties: [HEIFFile.declared(160, 120)])
    let words = "its images refer to each other"
    #expect(self.words(HEIFFile(items: [copy], references: [("dimg", 1, [1])])) == words)
    #expect(self.words(HEIFFile(items: [copy, copy], references: [("dimg", 1, [2]), ("dimg", 2, [1])])) == words)
    #expect(self.words(HEIFFile(items: [copy, copy], references: [("dimg", 1, [2]), ("auxl", 1, [2])])) == words)
    for (count, isRefused) in [(8, false), (9, true), (200, true)] {
      let copies = [HEIFFile.Item](repeating: copy, count: count - 1) + [image]
      let chain = (1..<count).map { (type: "dimg", from: $0, to: [$0 + 1]) }
      #expect((self.words(HEIFFile(items: copies, references: chain)) == words) == isRefused)
    }
  }

  @Test("the pixel budget applies to every image")
  func budget() throws {
    var other = image
    other.properties = [HEIFFile.declared(30_000, 20_000)]
    #expect(refusal(of: HEIFFile(items: [image, other])) == tooManyPixels(30_000, 20_000))
    other.data = CodedStream.sequenceHeader(20_000, 30_000, isReduced: true)
    other.properties = [HEIFFile.declared(8_000, 8_000)]
    #expect(refusal(of: HEIFFile(items: [image, other])) == tooManyPixels(20_000, 30_000))
    other.properties = [HEIFFile.declared(4_294_967_295, 4_294_967_295)]
    #expect(refusal(of: HEIFFile(items: [image, other])) == tooManyPixels(4_294_967_295, 4_294_967_295))
  }

  @Test("an image within the budget may be stored with padding that exceeds it")
  func padding() throws {
    #expect(try Image(decoding: Fixture.bytes("smooth.heic"), named: "a", pixelBudget: 48 * 32).width == 48)
  }

  @Test("items that are larger than the file are an error")
  func repeated() {
    let long = HEIFFile.Item(type: "av01", data: image.data + [UInt8](repeating: 0, count: 3000))
    let metadata = HEIFFile.Item(type: "Exif", data: [UInt8](repeating: 0, count: 500))
    for items in [[long], [metadata, metadata]] {
      #expect(words(HEIFFile(items: items, repetitions: 32)) == "its items are larger than the file")
      #expect(words(HEIFFile(items: items, repetitions: 1)) != "its items are larger than the file")
      #expect(words(HEIFFile(items: items, repetitions: 33)) == "an item has too many pieces")
    }
  }

  @Test("data at the largest positions is outside the file")
  func farAway() {
    #expect(refusal(of: HEIFFile(items: [image], isFarAway: true)) != nil)
  }

  @Test("an error is one line, although libheif's message is not")
  func line() throws {
    let words = try #require(self.words(Array(Fixture.bytes("smooth.avif").dropLast(10))))
    #expect(words.contains("file bounds") && !words.contains("\n"), "\(words)")
  }

  @Test("structures that readers understand differently are errors")
  func ambiguous() throws {
    let file = HEIFFile(items: [image]).bytes
    let meta = try #require(Array(file[24...]).firstIndex(of: UInt8(ascii: "m")))
    #expect(meta == 4)  // after ftyp, of 24 bytes
    let length = Int(file[26]) << 8 | Int(file[27])
    #expect(words(file + file[24..<24 + length]) == "it has more than one box 'meta'")
    #expect(refusal(of: Array(file[..<24])) == .unsupported(kind: "an image sequence without a still image (AVIF)"))
    #expect(words(file + (0..<20_000).flatMap { _ in HEIFFile.box("free", []) }) == "it has too many boxes")
  }

  @Test("files that are truncated or have changed bytes never crash, and keep to the pixel budget")
  func damaged() throws {
    for name in ["grid.heic", "alpha_premultiplied.avif", "animated.avif"] {
      let bytes = try Fixture.bytes(name)
      for index in stride(from: 0, to: bytes.count, by: 13) {
        _ = try? Image(decoding: Array(bytes.prefix(index)), named: "cut")
        var changed = bytes
        changed[index] ^= 0x55
        let image = try? Image(decoding: changed, named: "changed", pixelBudget: 100_000)
        #expect(image.map { $0.width * $0.height <= 100_000 } ?? true)
        _ = Image.isAnimation(changed)
      }
    }
  }

  // MARK: Files

  private func hevc(configuration: [[UInt8]], data: [[UInt8]]) -> HEIFFile {
    let properties = [HEIFFile.declared(160, 120), CodedStream.configuration(configuration)]
    return HEIFFile(items: [.init(type: "hvc1", data: CodedStream.hevc(data), properties: properties)])
  }

  private func av1(configuration: [UInt8], data: [UInt8]) -> HEIFFile {
    let properties = [HEIFFile.declared(160, 120), HEIFFile.box("av1C", [0x81, 0, 0, 0] + configuration)]
    return HEIFFile(items: [.init(type: "av01", data: data, properties: properties)])
  }

  /// Expects that a file is refused because of a size, or not for that reason.
  private func expect(
    _ isLie: Bool, _ coded: (width: Int, height: Int), _ file: HEIFFile, at location: SourceLocation = #_sourceLocation
  ) {
    let found = words(file) ?? ""
    let refusal = "an image of 160 x 120 pixels contains one of \(coded.width) x \(coded.height) pixels"
    #expect((found == refusal) == isLie, "\(found)", sourceLocation: location)
    #expect(isLie || !found.contains("contains one of"), "\(found)", sourceLocation: location)
  }

  private func words(_ file: HEIFFile) -> String? { words(file.bytes) }

  private func words(_ bytes: [UInt8]) -> String? {
    guard case .corrupt(_, let words) = refusal(of: bytes) else { return nil }
    return words
  }

  private func refusal(of file: HEIFFile) -> ImageError.Reason? { refusal(of: file.bytes) }

  private func refusal(of bytes: [UInt8]) -> ImageError.Reason? {
    do throws(ImageError) {
      _ = try Image(decoding: bytes, named: "a")
      return nil
    } catch {
      return error.reason
    }
  }

  private func tooManyPixels(_ width: Int, _ height: Int) -> ImageError.Reason {
    .tooManyPixels(width: width, height: height, limit: Image.defaultPixelBudget)
  }
}
