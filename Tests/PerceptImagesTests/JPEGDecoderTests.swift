import PerceptFeatures
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("JPEG decoder")
struct JPEGDecoderTests {
  private static let image = TestImages.photo(seed: 1, width: 61, height: 43)

  private static func decoded(_ bytes: [UInt8]) throws -> Image { try Image(decoding: bytes, named: "a.jpg") }

  private static func reason(_ bytes: [UInt8]) -> ImageError.Reason? {
    do throws(ImageError) {
      _ = try Image(decoding: bytes, named: "a.jpg")
      return nil
    } catch {
      return error.reason
    }
  }

  // MARK: Oddities that cost no pixel

  @Test("a JPEG with an unknown version of JFIF is decoded", arguments: [[UInt8(0), 0], [2, 1], [255, 255]])
  func version(of jfif: [UInt8]) throws {
    let bytes = TestJPEG.encoded(Self.image)
    var changed = bytes
    changed.replaceSubrange(11..<13, with: jfif)
    #expect(try Self.decoded(changed) == Self.decoded(bytes))
  }

  @Test("the progressive parameters of a sequential scan are ignored")
  func scanParameters() throws {
    let bytes = TestJPEG.encoded(Self.image)
    let scan = try #require(TestJPEG.position(of: 0xDA, in: bytes))
    var changed = bytes
    changed.replaceSubrange(scan + 11..<scan + 14, with: [0, 0, 0])
    #expect(changed != bytes)
    #expect(try Self.decoded(changed) == Self.decoded(bytes))
  }

  @Test("an unknown color transform of Adobe counts as YCbCr")
  func colorTransform() throws {
    let bytes = TestJPEG.encoded(Self.image)
    let adobe = [0xFF, 0xEE, 0, 14] + Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 9]
    // Without the JFIF segment, which would take precedence.
    #expect(try Self.decoded(bytes.prefix(2) + adobe + bytes.dropFirst(20)) == Self.decoded(bytes))
  }

  @Test("bytes between segments and before the end marker are skipped", arguments: [1, 2, 99])
  func extraneous(count: Int) throws {
    let bytes = TestJPEG.encoded(Self.image)
    let whole = try Self.decoded(bytes)
    let (tables, frame) = try (
      #require(TestJPEG.position(of: 0xDB, in: bytes)), #require(TestJPEG.position(of: 0xC0, in: bytes))
    )
    for junk in [[UInt8](repeating: 0, count: count), (0..<count).map { UInt8($0 % 200 + 1) }, [0xFF, 0] + [7]] {
      for position in [tables, frame, bytes.count - 2] {
        #expect(try Self.decoded(bytes.prefix(position) + junk + bytes.dropFirst(position)) == whole, "\(position)")
      }
    }
  }

  @Test("the orientation is found after extraneous bytes")
  func orientation() throws {
    let plain = TestJPEG.encoded(Self.image)
    let bytes = TestJPEG.oriented(.quarterTurnedClockwise, plain)
    let exif = bytes.dropFirst(2).prefix(bytes.count - plain.count)
    let tables = try #require(TestJPEG.position(of: 0xDB, in: plain))
    let odd = Array(plain.prefix(tables)) + [0, 7, 0xFF, 0, 9] + exif + plain.dropFirst(tables)
    #expect(try Self.decoded(odd) == Self.decoded(bytes))
    #expect(try Self.decoded(odd).width == Self.image.height)
  }

  @Test(
    "any subsampling is decoded",
    arguments: TestJPEG.lumaSamplings + [
      [1, 1, 2, 2, 1, 1], [2, 2, 2, 1, 1, 2], [3, 1, 1, 1, 1, 1], [4, 2, 1, 1, 1, 1], [1, 4, 1, 1, 1, 1],
    ])
  func subsampling(sampling: [Int32]) throws {
    let decoded = try Self.decoded(TestJPEG.encoded(Self.image, sampling: sampling, quality: 95))
    #expect(try #require(Self.image.difference(from: decoded)).mean < 8)
    let progressive = TestJPEG.encoded(Self.image, sampling: sampling, quality: 95, isProgressive: true)
    #expect(try Self.decoded(progressive) == decoded)
  }

  // MARK: Missing pixels

  @Test("a file with missing pixels is an error, even with an end marker")
  func missing() throws {
    for isProgressive in [false, true] {
      let bytes = TestJPEG.encoded(Self.image, isProgressive: isProgressive)
      for count in stride(from: 700, to: bytes.count - 12, by: 13) {
        let cut = bytes.prefix(count) + [0xFF, 0xD9]
        // A progressive file that ends between two scans is complete, but less precise. It may end with a fill byte.
        let isBetweenScans = [count - 1, count].contains { bytes[$0] == 0xFF && bytes[$0 + 1] != 0 }
        if isProgressive, isBetweenScans { continue }
        #expect(Self.reason(Array(cut)) != nil, "\(count) of \(bytes.count), progressive: \(isProgressive)")
      }
    }
  }

  @Test("extraneous bytes before a restart marker are damage")
  func damagedInterval() throws {
    let bytes = try Fixture.bytes("restarts.jpg")
    let restart = try #require(TestJPEG.position(of: 0xD1, in: bytes))
    let reason = Self.reason(bytes.prefix(restart) + [1, 2, 3] + bytes.dropFirst(restart))
    guard case .corrupt(format: "JPEG", let words) = reason else {
      Issue.record("\(String(describing: reason))")
      return
    }
    #expect(words.contains("extraneous"))
  }

  @Test("a file without the scan of a component is an error")
  func missingComponent() throws {
    let bytes = TestJPEG.encoded(Self.image, hasSeparateScans: true)
    #expect(try #require(Self.image.difference(from: Self.decoded(bytes))).mean < 3)
    let lastScan = try #require(TestJPEG.position(of: 0xDA, in: bytes, number: 2))
    #expect(
      Self.reason(bytes.prefix(lastScan) + [0xFF, 0xD9])
        == .corrupt(format: "JPEG", words: "a color component is missing"))
  }

  @Test("a file of hundreds of scans is an error")
  func scans() throws {
    let bytes = TestJPEG.encoded(Self.image, hasSeparateScans: true)
    let lastScan = try #require(TestJPEG.position(of: 0xDA, in: bytes, number: 2))
    let scan = bytes[lastScan..<bytes.count - 2]
    let many = { (count: Int) in
      Array(bytes.dropLast(2)) + Array(repeating: scan, count: count).joined() + [0xFF, 0xD9]
    }
    #expect(try Self.decoded(many(400)) == Self.decoded(bytes))
    #expect(Self.reason(many(600)) == .corrupt(format: "JPEG", words: "it has too many scans"))
  }

  // MARK: Unsupported kinds

  @Test(
    "other kinds of JPEG are called what they are",
    arguments: [
      (UInt8(0xC3), "a lossless JPEG image"), (0xCB, "a lossless JPEG image"), (0xC5, "a hierarchical JPEG image"),
      (0xC9, "a JPEG image with arithmetic coding"), (0xF7, "a JPEG-LS image"),
    ])
  func kind(marker: UInt8, name: String) throws {
    var bytes = TestJPEG.encoded(Self.image)
    let frame = try #require(TestJPEG.position(of: 0xC0, in: bytes))
    bytes[frame + 1] = marker
    #expect(Self.reason(bytes) == .unsupported(kind: name))
  }

  @Test("12 bits per channel and arithmetic coding are named")
  func others() throws {
    var bytes = TestJPEG.encoded(Self.image)
    bytes[try #require(TestJPEG.position(of: 0xC0, in: bytes)) + 4] = 12
    #expect(Self.reason(bytes) == .unsupported(kind: "a JPEG image with 12 bits per channel"))
    #expect(
      Self.reason(TestJPEG.encoded(Self.image, isArithmetic: true))
        == .unsupported(kind: "a JPEG image with arithmetic coding"))
  }

  // MARK: Limits

  @Test("the declared size is checked before it is used", arguments: [false, true])
  func size(isProgressive: Bool) throws {
    let bytes = TestJPEG.encoded(Self.image, isProgressive: isProgressive)
    let declared = try #require(TestJPEG.declaring(ImageSize(65_500), in: bytes))
    let expected = ImageError.Reason.tooManyPixels(width: 65_500, height: 65_500, limit: Image.defaultPixelBudget)
    #expect(Self.reason(declared) == expected)
    let error = #expect(throws: ImageError.self) { try Preprocessing().features(decoding: declared, named: "a.jpg") }
    #expect(error?.reason == expected)
  }
}
