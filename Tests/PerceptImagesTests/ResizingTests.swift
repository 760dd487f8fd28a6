import PerceptImages
import PerceptLinearAlgebra
import PerceptTestSupport
import Testing

@Suite("Resizing")
struct ResizingTests {
  @Test(
    "the result is bit-identical to Pillow's bilinear filter",
    arguments: ["9x11", "40x31", "23x5", "7x17", "64x8", "3x29", "1x1", "32x32"], ColorMode.allCases)
  func pillow(size: String, color: ColorMode) throws {
    let image = Oracle.formula(width: 23, height: 17, color: color)
    let resized = image.resized(to: try #require(ImageSize(size)))
    #expect(try resized.pixels == Fixture.bytes("resized_\(size)_\(color.rawValue).bin"))
  }

  @Test("the result equals the reference for many shapes", arguments: 0..<60)
  func oracle(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let sides = (0..<4).map { _ in Int.random(in: 1...40, using: &generator) }
    let color: ColorMode = seed % 2 == 0 ? .rgb : .gray
    let image = TestImages.noise(seed: UInt64(seed), width: sides[0], height: sides[1], color: color)
    let size = ImageSize(width: sides[2], height: sides[3])
    #expect(image.resized(to: size) == Oracle.resized(image, width: size.width, height: size.height))
  }

  @Test("resizing a part equals cropping first")
  func part() {
    let image = TestImages.noise(seed: 5, width: 31, height: 22)
    let area = Rectangle(left: 3, top: 4, width: 20, height: 15)
    for size in [ImageSize(8), ImageSize(width: 20, height: 9), ImageSize(width: 9, height: 15)] {
      #expect(image.resized(area, to: size) == image.cropped(to: area).resized(to: size))
    }
    #expect(image.resized(area, to: ImageSize(width: 20, height: 15)) == image.cropped(to: area))
  }

  @Test("resizing to the same size changes nothing")
  func sameSize() {
    let image = TestImages.noise(seed: 6, width: 12, height: 7)
    #expect(image.resized(to: image.size) == image)
  }

  @Test("white stays white and black stays black at any scale", arguments: [UInt8(0), 255])
  func extremes(level: UInt8) {
    let image = Image(width: 5000, height: 3, color: .gray, pixels: [UInt8](repeating: level, count: 15_000))
    for width in [1, 2, 3, 7, 4999, 6000] {
      let resized = image.resized(to: ImageSize(width: width, height: 2))
      #expect(resized.pixels.allSatisfy { $0 == level })
    }
  }
}
