import PerceptImages
import Testing

@Suite("Image and image size")
struct ImageTests {
  @Test("a cropped image contains the pixels of the rectangle")
  func cropping() {
    let image = Oracle.formula(width: 7, height: 5, color: .rgb)
    let part = image.cropped(left: 2, top: 1, width: 4, height: 3)
    #expect(part.size == ImageSize(width: 4, height: 3))
    for y in 0..<3 {
      for x in 0..<4 {
        for c in 0..<3 { #expect(part[x, y, c] == image[x + 2, y + 1, c]) }
      }
    }
    #expect(image.cropped(left: 0, top: 0, width: 7, height: 5) == image)
  }

  @Test("gray equals Pillow's luma")
  func gray() throws {
    let image = Oracle.formula(width: 23, height: 17, color: .rgb)
    #expect(try image.converted(to: .gray).pixels == Fixture.bytes("converted_gray.bin"))
  }

  @Test("gray to RGB repeats the channel, and converting back is lossless")
  func grayToRGB() {
    let gray = TestImage.gray
    let rgb = gray.converted(to: .rgb)
    #expect(rgb.pixels.prefix(6) == [gray.pixels[0], gray.pixels[0], gray.pixels[0]] + [gray.pixels[1]] * 3)
    #expect(rgb.converted(to: .gray) == gray)
  }

  @Test("sizes are parsed from text", arguments: [("64", 64, 64), ("64x48", 64, 48), ("1x4096", 1, 4_096)])
  func sizeFromText(text: String, width: Int, height: Int) {
    #expect(ImageSize(text) == ImageSize(width: width, height: height))
  }

  @Test(
    "text that is not a size is rejected",
    arguments: [
      "", "x", "0", "64x", "x64", "64x0", "-1", "+5", "64x48x3", " 64", "65536", "64.0", "٣", "99999999999999999999",
    ])
  func noSize(text: String) {
    #expect(ImageSize(text) == nil)
  }

  @Test("the description of a size is width x height")
  func sizeDescription() {
    #expect("\(ImageSize(width: 64, height: 48))" == "64 x 48")
  }
}

enum TestImage {
  static let gray = Oracle.formula(width: 9, height: 4, color: .gray)
}

private func * (values: [UInt8], count: Int) -> [UInt8] {
  (0..<count).flatMap { _ in values }
}
