import PerceptFeatures
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Preprocessing")
struct PreprocessingTests {
  @Test("crop keeps the largest centered part: for a square target, a square of the shorter side")
  func squareCrop() {
    for (width, height) in [(89, 109), (109, 89), (10, 10), (1, 1), (2, 4000), (4000, 2), (7, 4)] {
      let side = min(width, height)
      let source = ResizeMode.crop.placement(of: ImageSize(width: width, height: height), in: ImageSize(64)).source
      #expect(source == Rectangle(left: (width - side) / 2, top: (height - side) / 2, width: side, height: side))
    }
  }

  @Test("crop keeps a part with the aspect ratio of a target that is not square")
  func otherCrop() {
    let wide = ResizeMode.crop.placement(of: ImageSize(100), in: ImageSize(width: 64, height: 32))
    #expect(wide.source == Rectangle(left: 0, top: 25, width: 100, height: 50))
    let tall = ResizeMode.crop.placement(of: ImageSize(100), in: ImageSize(width: 20, height: 30))
    #expect(tall.source == Rectangle(left: 16, top: 0, width: 67, height: 100))
    let thin = ResizeMode.crop.placement(of: ImageSize(width: 4000, height: 2), in: ImageSize(width: 2, height: 4000))
    #expect(thin.source == Rectangle(left: 1999, top: 0, width: 1, height: 2))
  }

  @Test(
    "every resize mode works with images and targets of any shape", arguments: ResizeMode.allCases, ColorMode.allCases)
  func everyShape(fit: ResizeMode, color: ColorMode) throws {
    for (width, height) in [(1, 1), (2, 4000), (4000, 2), (3, 7), (64, 64), (65, 64)] {
      for size in [ImageSize(64), ImageSize(1), ImageSize(width: 5, height: 90)] {
        let preprocessing = Preprocessing(size: size, fit: fit, color: color)
        let image = TestImages.noise(seed: 1, width: width, height: height)
        #expect(try preprocessing.features(of: image).count == preprocessing.featureCount)
        #expect(try preprocessing.features(of: image.converted(to: .gray)).count == preprocessing.featureCount)
      }
    }
  }

  @Test("pad equals Pillow's: the complete image, centered on black", arguments: ["20x20", "20x9", "11x30"])
  func pad(size: String) throws {
    let preprocessing = Preprocessing(size: try #require(ImageSize(size)), fit: .pad)
    let features = try preprocessing.features(of: Oracle.formula(width: 23, height: 17, color: .rgb))
    #expect(try features == Fixture.bytes("padded_\(size)_rgb.bin"))
  }

  @Test("the features of an image of the target size are its pixels", arguments: ResizeMode.allCases)
  func unchanged(fit: ResizeMode) throws {
    let image = TestImages.noise(seed: 2, width: 64, height: 48)
    #expect(try Preprocessing(size: image.size, fit: fit).features(of: image) == image.pixels)
  }

  @Test("the color mode is converted first, then the image is cropped, then resized", arguments: ColorMode.allCases)
  func order(color: ColorMode) throws {
    let image = TestImages.photo(seed: 3, width: 89, height: 109)
    let expected = image.converted(to: color).cropped(left: 0, top: 10, width: 89, height: 89).resized(
      to: ImageSize(64))
    #expect(try Preprocessing(color: color).features(of: image) == expected.pixels)
  }

  @Test("a gray image gives RGB features with equal channels")
  func grayToRGB() throws {
    let gray = TestImages.photo(seed: 4, width: 50, height: 70, color: .gray)
    let preprocessing = Preprocessing(imageSize: 16)
    #expect(try preprocessing.features(of: gray) == preprocessing.features(of: gray.converted(to: .rgb)))
  }

  @Test("the features of a file equal those of its image if that is not much larger")
  func ofFile() throws {
    let folder = try TemporaryFolder()
    let image = TestImages.photo(seed: 5, width: 189, height: 109)
    let path = try folder.write(image.encodedJPEG(), to: "a.jpg")
    let preprocessing = Preprocessing(imageSize: 32)
    #expect(try preprocessing.features(ofFile: path) == preprocessing.features(of: Image(contentsOf: path)))
  }
}
