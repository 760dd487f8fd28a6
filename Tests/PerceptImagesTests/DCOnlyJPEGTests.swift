import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import PerceptTestSupport
import Testing

@Suite("DC-only JPEG")
struct DCOnlyJPEGTests {
  private static func eighth(_ bytes: [UInt8]) -> [UInt8]? { TestJPEG.decoded(bytes, denominator: 8) }

  @Test(
    "the file decodes to the same image at 1/8 size, and is not longer", arguments: TestJPEG.lumaSamplings,
    [30, 90, 100])
  func same(sampling: [Int32], quality: Int32) throws {
    for (width, height) in [(97, 83), (160, 64), (8, 8), (300, 17)] {
      for image in [
        TestImages.noise(seed: 1, width: width, height: height),
        TestImages.photo(seed: 2, width: width, height: height),
        TestImages.noise(seed: 3, width: width, height: height, color: .gray),
      ] {
        let whole = TestJPEG.encoded(image, sampling: sampling, quality: quality)
        let dcOnly = try #require(DCOnlyJPEG.dcOnly(whole, in: SampleMemory()))
        #expect(dcOnly.count <= whole.count)
        let pixels = try #require(Self.eighth(dcOnly))
        #expect(pixels == Self.eighth(whole))
      }
    }
  }

  @Test("the DC-only file of 4:4:4 noise at quality 90 is less than a tenth as long")
  func shorter() throws {
    let whole = TestJPEG.encoded(TestImages.noise(seed: 4, width: 640, height: 480))
    let dcOnly = try #require(DCOnlyJPEG.dcOnly(whole, in: SampleMemory()))
    #expect(10 * dcOnly.count < whole.count)
  }

  @Test("restart markers are kept")
  func restarts() throws {
    let whole = try Fixture.bytes("restarts.jpg")
    #expect(whole.indices.contains { whole[$0...].starts(with: [0xFF, 0xD1]) })
    let dcOnly = try #require(DCOnlyJPEG.dcOnly(whole, in: SampleMemory()))
    #expect(dcOnly.count < whole.count)
    let pixels = try #require(Self.eighth(dcOnly))
    #expect(pixels == Self.eighth(whole))
  }

  @Test("other kinds of files are not rewritten", arguments: ["progressive.jpg", "cmyk.jpg", "alpha.png"])
  func others(name: String) throws {
    #expect(try DCOnlyJPEG.dcOnly(Fixture.bytes(name), in: SampleMemory()) == nil)
  }

  @Test("a damaged file is not rewritten, or decodes to the same image", arguments: 0..<12)
  func damaged(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let image = TestImages.noise(seed: UInt64(seed), width: 48, height: 40)
    let whole =
      seed % 3 == 0
      ? try Fixture.bytes("restarts.jpg")
      : TestJPEG.encoded(image, sampling: seed % 3 == 1 ? [2, 2] : [1, 1], quality: 80)
    for _ in 0..<500 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        bytes[Int.random(in: 2..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0..<bytes.count / 2, using: &generator)) }
      guard let dcOnly = DCOnlyJPEG.dcOnly(bytes, in: SampleMemory()), let pixels = Self.eighth(dcOnly) else {
        continue
      }
      #expect(pixels == Self.eighth(bytes))
    }
  }

  @Test("features of a large image equal those of the complete file at 1/8 size", arguments: ColorMode.allCases)
  func features(color: ColorMode) throws {
    let image = TestImages.noise(seed: 5, width: 1024, height: 768, color: color)
    let whole = TestJPEG.encoded(image, sampling: [2, 2])
    #expect(8 * whole.count >= 1024 * 768, "too few bits per pixel")
    let pixels = try #require(Self.eighth(whole))
    let reduced = Image(width: 128, height: 96, color: color, pixels: pixels)
    let preprocessing = Preprocessing(imageSize: 16, fit: .stretch)
    #expect(try preprocessing.features(decoding: whole, named: "large") == preprocessing.features(of: reduced))
  }
}
