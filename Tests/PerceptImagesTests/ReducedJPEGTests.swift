import PerceptFeatures
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Reduced JPEG decoding")
struct ReducedJPEGTests {
  /// Returns a square frame, as wide as `thickness`, around another color.
  private static func frame(side: Int, thickness: Int, of outer: [UInt8], around inner: [UInt8]) -> Image {
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        let distance = min(min(x, side - 1 - x), min(y, side - 1 - y))
        pixels += distance < thickness ? outer : inner
      }
    }
    return Image(width: side, height: side, color: .rgb, pixels: pixels)
  }

  /// Returns squares of black and white, whose borders are hard edges inside of blocks.
  private static func squares(width: Int, height: Int, side: Int) -> Image {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width { pixels.append((x / side + y / side) % 2 == 0 ? 0 : 255) }
    }
    return Image(width: width, height: height, color: .gray, pixels: pixels)
  }

  /// Returns the difference between the features of a file and those of its complete image.
  private static func change(
    _ bytes: [UInt8], _ preprocessing: Preprocessing
  ) throws -> (mean: Double, largest: Int) {
    let whole = try preprocessing.features(of: Image(decoding: bytes, named: "whole"))
    return try #require(difference(whole, preprocessing.features(decoding: bytes, named: "reduced")))
  }

  @Test("a large JPEG at reduced size differs by less than one level on average", arguments: ResizeMode.allCases)
  func photo(fit: ResizeMode) throws {
    for (width, height) in [(5000, 4001), (4000, 3000), (1111, 1333)] {
      let bytes = TestJPEG.encoded(TestImages.photo(seed: 6, width: width, height: height))
      let change = try Self.change(bytes, Preprocessing(imageSize: 32, fit: fit))
      #expect(change.mean <= 1 && change.largest <= 6)
      #expect(change.largest > 0, "the JPEG was decoded at full size")
    }
  }

  @Test("a frame of one pixel keeps its weight at any side", arguments: 256...300)
  func frame(side: Int) throws {
    for (outer, inner) in [([UInt8(255), 0, 0], [UInt8(255), 255, 255]), ([0, 0, 0], [255, 255, 255])] {
      let bytes = TestJPEG.encoded(Self.frame(side: side, thickness: 1, of: outer, around: inner), quality: 95)
      for target in [8, 9, 11, 13, 16, 21, 31, 32] {
        let change = try Self.change(bytes, Preprocessing(imageSize: target))
        #expect(change.largest <= 6 && change.mean <= 1, "\(target)")
      }
    }
  }

  @Test("pixels beyond the border, as a lossless crop leaves them, do not change the features", arguments: 256...272)
  func foreignPadding(side: Int) throws {
    // Black, in blocks that continue in white. The frame header declares where the image ends.
    let complete = (side + 7) / 8 * 8
    let pixels = (0..<complete * complete).map { max($0 % complete, $0 / complete) < side ? UInt8(0) : 255 }
    let padded = Image(width: complete, height: complete, color: .gray, pixels: pixels)
    let bytes = try #require(TestJPEG.declaring(ImageSize(side), in: TestJPEG.encoded(padded, quality: 95)))
    for target in [8, 9, 10, 12, 16, 32] {
      let change = try Self.change(bytes, Preprocessing(imageSize: target))
      #expect(change.largest <= 6 && change.mean <= 1, "\(target)")
    }
  }

  @Test(
    "crops and margins are in the same place as in the complete image, in every orientation",
    arguments: Orientation.allCases, ResizeMode.allCases)
  func place(orientation: Orientation, fit: ResizeMode) throws {
    for (width, height) in [(1003, 817), (820, 1005), (1000, 804)] {
      let image = Self.squares(width: width, height: height, side: 130)
      let bytes = TestJPEG.oriented(orientation, TestJPEG.encoded(image))
      let preprocessing = Preprocessing(imageSize: 8, fit: fit)
      let stored = ImageSize(width: width, height: height)
      #expect(preprocessing.grid.denominator(ofJPEG: stored, orientation: orientation) == 8)
      let change = try Self.change(bytes, preprocessing)
      #expect(change.largest <= 4 && change.mean <= 1, "\(width) x \(height)")
    }
  }

  @Test("a reduced JPEG has enough samples for each new pixel", arguments: [16, 64, 128, 200, 500])
  func samples(side: Int) {
    for (width, height) in [(5000, 4000), (1200, 1800), (4999, 4001), (256, 256), (4000, 300), (89, 109)] {
      let stored = ImageSize(width: width, height: height)
      for orientation in Orientation.allCases {
        let preprocessing = Preprocessing(size: ImageSize(width: side, height: 2 * side), fit: .stretch)
        let denominator = preprocessing.grid.denominator(ofJPEG: stored, orientation: orientation)
        let image = orientation.swapsSides ? ImageSize(width: height, height: width) : stored
        for (length, target) in [(image.width, side), (image.height, 2 * side)] {
          let needed = length % denominator == 0 ? 5 : 12
          #expect(denominator == 1 || length >= needed * denominator * target)
        }
      }
    }
  }

  @Test("the largest denominator is chosen that leaves enough samples and, if there are few, no padding")
  func denominators() {
    func denominator(_ stored: ImageSize, _ target: Int, _ fit: ResizeMode = .crop) -> Int {
      Preprocessing(imageSize: target, fit: fit).grid.denominator(ofJPEG: stored, orientation: .upright)
    }
    #expect(denominator(ImageSize(320), 8) == 8)
    #expect(denominator(ImageSize(312), 8) == 4)
    #expect(denominator(ImageSize(256), 26) == 1)
    #expect(denominator(ImageSize(324), 8) == 4)
    #expect(denominator(ImageSize(322), 8) == 2)
    #expect(denominator(ImageSize(255), 8) == 1)
    // Padding at the end of rows is not used if they are cropped there, but the crop may begin inside of a sample.
    #expect(denominator(ImageSize(width: 339, height: 320), 8, .stretch) == 2)
    #expect(denominator(ImageSize(width: 339, height: 320), 8) == 2)
    #expect(denominator(ImageSize(width: 337, height: 320), 8) == 8)
    #expect(denominator(ImageSize(width: 4032, height: 3024), 64) == 8)
    #expect(denominator(ImageSize(width: 4000, height: 3000), 64) == 4)
    #expect(denominator(ImageSize(width: 4000, height: 2667), 64) == 2)
  }

  @Test("in a reversed row, a crop may begin inside of a sample where the stored row has none")
  func reversed() {
    let stored = ImageSize(width: 337, height: 320)
    let grid = Preprocessing(imageSize: 8).grid
    #expect(grid.denominator(ofJPEG: stored, orientation: .upright) == 8)
    #expect(grid.denominator(ofJPEG: stored, orientation: .mirrored) == 2)
  }

  @Test("a rotated JPEG is reduced as far as its upright form allows")
  func turned() {
    let stored = ImageSize(width: 4000, height: 800)
    let tall = Preprocessing(size: ImageSize(width: 16, height: 200), fit: .stretch).grid
    #expect(tall.denominator(ofJPEG: stored, orientation: .quarterTurnedClockwise) == 4)
    #expect(tall.denominator(ofJPEG: stored, orientation: .upright) == 1)
  }

  @Test("a sample that is partly in the span has that part of its weight")
  func partialSample() {
    let taps = ResamplingTaps(from: SampleSpan(start: 0.25, length: 3.25), to: 1)
    let center = 0.25 + 3.25 / 2
    let parts = [0.75, 1, 1, 0.5]
    let expected = parts.enumerated().map { j, part in part * (1 - abs(Double(j) + 0.5 - center) / 3.25) }
    let total = expected.reduce(0, +)
    #expect(taps.spans == [0, 4])
    #expect(taps.weights.prefix(4).map { $0 } == expected.map { Int32(0.5 + $0 / total * Double(1 << 22)) })
  }
}
