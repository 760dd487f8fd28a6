import CPerceptHEIF
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Animations")
struct AnimationTests {
  private let smooth = Oracle.smooth(width: 48, height: 32)

  @Test("the first frame of an animation is decoded", arguments: ["animated.webp", "animated.png", "animated.avif"])
  func firstFrame(name: String) throws {
    if name.hasSuffix("avif"), !cheif_is_installed() { return }
    let bytes = try Fixture.bytes(name)
    #expect(Image.isAnimation(bytes))
    #expect(try #require(smooth.difference(from: Image(decoding: bytes, named: name))).mean < 4)
  }

  @Test("still images are no animations")
  func stillImages() throws {
    for name in [
      "alpha.png", "progressive.jpg", "smooth.webp", "alpha.webp", "smooth.avif", "smooth.heic", "grid.heic",
    ] {
      #expect(try !Image.isAnimation(Fixture.bytes(name)), "\(name)")
    }
    #expect(!Image.isAnimation([]) && !Image.isAnimation(Array("RIFF    WEBP".utf8)))
  }

  @Test("an animation of one frame is a still image, but not an APNG whose still image is no frame")
  func oneFrame() throws {
    #expect(try !Image.isAnimation(webp(offset: (0, 0), flags: 0x02)))
    func png(frames: UInt8, isFrame: Bool) -> [UInt8] {
      let control = TaggedFile.chunk("acTL", [0, 0, 0, frames, 0, 0, 0, 0])
      let file = TaggedFile.png([control] + (isFrame ? [TaggedFile.chunk("fcTL", [])] : []))
      return [0x89] + Array("PNG\r\n\u{1A}\n".utf8) + file.dropFirst(8)
    }
    #expect(!Image.isAnimation(png(frames: 1, isFrame: true)))
    #expect(Image.isAnimation(png(frames: 1, isFrame: false)))
    #expect(Image.isAnimation(png(frames: 2, isFrame: true)))
    #expect(!Image.isAnimation(png(frames: 0, isFrame: false)))
  }

  @Test("a frame is drawn at its place: on white if there is alpha, otherwise on black")
  func canvas() throws {
    for (flags, background) in [(UInt8(0x12), UInt8(255)), (0x02, 0)] {
      let image = try Image(decoding: webp(offset: (8, 14), flags: flags), named: "a.webp")
      #expect(image.size == ImageSize(width: 80, height: 60))
      for y in 0..<60 {
        for x in 0..<80 {
          let isInside = (8..<56).contains(x) && (14..<46).contains(y)
          for c in 0..<3 {
            #expect(image[x, y, c] == (isInside ? smooth[x - 8, y - 14, c] : background), "\(x), \(y), \(c)")
          }
        }
      }
    }
  }

  @Test("a frame that exceeds the canvas is an error")
  func outside() throws {
    let bytes = try webp(offset: (34, 0), flags: 0x02)
    #expect(throws: ImageError.self) { try Image(decoding: bytes, named: "a.webp") }
  }

  @Test("the pixel budget applies to the canvas")
  func budget() throws {
    let bytes = try webp(offset: (0, 0), flags: 0x02)
    #expect(try Image(decoding: bytes, named: "a.webp", pixelBudget: 4_800).width == 80)
    #expect(throws: ImageError("a.webp", .tooManyPixels(width: 80, height: 60, limit: 4_799))) {
      try Image(decoding: bytes, named: "a.webp", pixelBudget: 4_799)
    }
  }

  @Test("animations that are truncated or have changed bytes never crash")
  func damaged() throws {
    let bytes = try Fixture.bytes("animated.webp")
    for index in bytes.indices {
      _ = try? Image(decoding: Array(bytes.prefix(index)), named: "cut")
      var changed = bytes
      changed[index] ^= 0x55
      _ = try? Image(decoding: changed, named: "changed", pixelBudget: 1_000_000)
    }
  }

  /// Returns a WebP animation with a canvas of 80 x 60 pixels. Its only frame is the image ``smooth``, lossless.
  private func webp(offset: (x: Int, y: Int), flags: UInt8) throws -> [UInt8] {
    func little(_ number: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(number >> (8 * $0) & 255) } }
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      Array(name.utf8) + little(content.count, 4) + content + (content.count % 2 == 0 ? [] : [0])
    }
    let pixels = try Fixture.bytes("orientation6.webp")[30..<98]  // the chunk VP8L, after VP8X
    let frame =
      little(offset.x / 2, 3) + little(offset.y / 2, 3) + little(47, 3) + little(31, 3) + little(100, 3) + [0]
    let chunks =
      chunk("VP8X", [flags, 0, 0, 0] + little(79, 3) + little(59, 3)) + chunk("ANIM", [0, 0, 0, 0, 0, 0])
      + chunk("ANMF", frame + pixels)
    return Array("RIFF".utf8) + little(chunks.count + 4, 4) + Array("WEBP".utf8) + chunks
  }
}
