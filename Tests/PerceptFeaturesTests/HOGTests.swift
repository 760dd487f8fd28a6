import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("HOG")
struct HOGTests {
  /// The image of the same size in `Fixtures/make.py`.
  private static func waves(_ size: ImageSize, _ color: ColorMode) -> Image {
    let pixels = (0..<size.height).flatMap { y in
      (0..<size.width).flatMap { x in
        (0..<color.channelCount).map { c in
          let (x, y, c) = (Double(x), Double(y), Double(c))
          let wave = sin(x * (0.11 + 0.05 * c) + y * 0.07) * cos(y * (0.13 + 0.03 * c) - x * 0.02)
          return UInt8((127.5 + 127.5 * wave).rounded(.toNearestOrEven))
        }
      }
    }
    return Image(width: size.width, height: size.height, color: color, pixels: pixels)
  }

  private static func features(of image: Image) throws -> [UInt8] {
    try Preprocessing(size: image.size, color: image.color, extractor: .hog).features(of: image)
  }

  @Test(
    "features equal those of scikit-image and NumPy within one level",
    arguments: [(64, 64, ColorMode.gray), (64, 64, .rgb), (50, 35, .rgb), (16, 16, .gray)])
  func oracle(width: Int, height: Int, color: ColorMode) throws {
    let features = try Self.features(of: Self.waves(ImageSize(width: width, height: height), color))
    let expected = try Fixture.bytes("hog_\(width)x\(height)x\(color.channelCount).bin")
    #expect(features.count == expected.count)
    let differences = zip(features, expected).map { abs(Int($0) - Int($1)) }
    #expect((differences.max() ?? 99) <= 1)
    #expect(differences.count { $0 > 0 } * 100 <= differences.count)
    #expect(Set(features).count > 10)
  }

  @Test("64 x 64 pixels have 1,764 features, and 256 more in color")
  func counts() {
    #expect(Preprocessing(color: .gray, extractor: .hog).featureCount == 1764)
    #expect(Preprocessing(extractor: .hog).featureCount == 1764 + 256)
  }

  @Test("a uniform image has no edges, and one color in each quadrant")
  func uniform() throws {
    let image = Image(width: 64, height: 64, color: .rgb, pixels: Array(repeating: 200, count: 64 * 64 * 3))
    let features = try Self.features(of: image)
    #expect(features.prefix(1764).allSatisfy { $0 == 0 })
    let colors = features.suffix(256)
    #expect(colors.count { $0 == 255 } == 4 && colors.count { $0 == 0 } == 252)
  }

  @Test("images of fewer than 16 x 16 pixels are refused")
  func small() {
    #expect(throws: FeatureError.tooSmall(extractor: "hog", size: ImageSize(width: 64, height: 15), smallest: 16)) {
      try Preprocessing(size: ImageSize(width: 64, height: 15), extractor: .hog).check()
    }
    #expect(throws: Never.self) { try Preprocessing(imageSize: 16, extractor: .hog).check() }
    let image = TestImages.photo(seed: 1, width: 20, height: 20)
    #expect(throws: FeatureError.tooSmall(extractor: "hog", size: ImageSize(8), smallest: 16)) {
      try Preprocessing(imageSize: 8, extractor: .hog).features(of: image)
    }
  }

  @Test("the map divides every feature among cells", arguments: [ImageSize(64), ImageSize(width: 50, height: 35)])
  func map(size: ImageSize) throws {
    let preprocessing = Preprocessing(size: size, extractor: .hog)
    let image = try preprocessing.prepared(of: TestImages.photo(seed: 1, width: size.width, height: size.height))
    let map = try preprocessing.featureMap(of: image)
    #expect(map.size == ImageSize(width: size.width / 8, height: size.height / 8))
    for feature in stride(from: 0, to: preprocessing.featureCount, by: 7) {
      var values = [Double](repeating: 0, count: preprocessing.featureCount)
      values[feature] = 1
      let shares = map.divided(values)
      #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
      #expect(shares.allSatisfy { $0 >= 0 })
      if feature < preprocessing.featureCount - 256 { #expect(shares.count { $0 > 0 } == 1) }
    }
  }

  @Test("the features of a cell change only with the cell and its blocks")
  func place() throws {
    let preprocessing = Preprocessing(extractor: .hog)
    let image = TestImages.photo(seed: 2, width: 64, height: 64)
    var pixels = image.pixels
    pixels[3 * (4 * 64 + 59)] ^= 0xFF  // in the top right cell, at least 3 pixels from the others
    let changed = Image(width: 64, height: 64, color: .rgb, pixels: pixels)
    let (before, after) = (try preprocessing.prepared(of: image), try preprocessing.prepared(of: changed))
    let difference = zip(before.features, after.features).map { abs(Double($0) - Double($1)) }
    let map = try preprocessing.featureMap(of: before).divided(
      Array(difference.prefix(1764)) + [Double](repeating: 0, count: 256))
    let touched = map.indices.filter { map[$0] > 0 }
    #expect(touched.contains(7))
    #expect(touched.allSatisfy { [6, 7, 14, 15].contains($0) })
  }
}

/// The files in `Fixtures`.
enum Fixture {
  static func bytes(_ name: String) throws -> [UInt8] {
    try FileSystem.read(FileSystem.path(FileSystem.path(FileSystem.folder(of: #filePath), "Fixtures"), name))
  }
}

extension Preprocessing {
  /// An image with its features.
  func prepared(of image: Image) throws -> PreparedImage { try prepared(ofSamples: grid.samples(of: image)) }
}
