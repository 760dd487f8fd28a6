import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

private let isPresent = SharedData.isPresent
private let missing: Comment = "the folder with shared test images does not exist"

@Suite("Unusual and broken images", .enabled(if: isPresent, missing))
struct UnusualImagesTests {
  @Test("every file is decoded, or the error names it", arguments: ["made", "broken", "exif", "pngsuite"])
  func every(folder: String) throws {
    let files = SharedData.files(in: "odd/\(folder)")
    #expect(files.count > 15)
    for path in files {
      do {
        _ = try Image(contentsOf: path)
      } catch let error as ImageError {
        #expect(error.name == path)
      }
    }
  }

  @Test("every valid image is decoded", arguments: ["jpg", "png", "webp", "gif", "bmp", "pgm", "ppm"])
  func valid(ending: String) throws {
    let files = SharedData.files(in: "odd/made", endingIn: ending)
    #expect(!files.isEmpty)
    for path in files { #expect(throws: Never.self) { try Image(contentsOf: path) } }
  }

  @Test("errors for other image formats suggest a conversion")
  func otherKinds() {
    let files = SharedData.files(in: "odd/made", endingIn: "jp2")
    #expect(!files.isEmpty)
    for path in files {
      let error = #expect(throws: ImageError.self) { try Image(contentsOf: path) }
      #expect(error?.description.contains("convert it to JPEG, PNG or WebP first") == true)
    }
  }

  @Test("broken files are errors; files with a wrong extension or trailing bytes are decoded")
  func broken() {
    let opening = [
      "jpeg_named.png", "png_named.jpg", "webp_named.jpg", "gif_named.jpg", "trailing_garbage_ok.jpg",
      "trailing_garbage_ok.png",
    ]
    let files = SharedData.files(in: "odd/broken")
    #expect(!files.isEmpty)
    for path in files {
      if opening.contains(FileSystem.name(of: path)) {
        #expect(throws: Never.self) { try Image(contentsOf: path) }
      } else {
        #expect(throws: ImageError.self, "\(path)") { try Image(contentsOf: path) }
      }
    }
  }

  @Test("the files with each orientation contain the same image, transformed", arguments: 1...8)
  func orientation(value: Int) throws {
    let stored = try Image(contentsOf: SharedData.path("odd/made/exif_orient1.jpg"))
    let image = try Image(contentsOf: SharedData.path("odd/made/exif_orient\(value).jpg"))
    #expect(image == Oracle.upright(stored, orientation: value))
  }

  @Test(
    "the orientation examples are upright, at full and at reduced size", arguments: ["Landscape", "Portrait"])
  func examples(name: String) throws {
    let preprocessing = Preprocessing(imageSize: 64, fit: .stretch)
    let first = try preprocessing.features(ofFile: SharedData.path("odd/exif/\(name)_1.jpg"))
    for value in 0...8 {
      let path = SharedData.path("odd/exif/\(name)_\(value).jpg")
      let image = try Image(contentsOf: path)
      #expect((image.width > image.height) == (name == "Landscape"))
      // Each image shows its number, so they differ slightly.
      #expect(try #require(difference(first, preprocessing.features(of: image))).mean < 8, "\(value), full size")
      #expect(try #require(difference(first, preprocessing.features(ofFile: path))).mean < 8, "\(value), reduced size")
    }
  }

  @Test("20 megapixels at reduced size differ by less than one level on average", arguments: [32, 64, 128])
  func twentyMegapixels(side: Int) throws {
    let path = SharedData.path("odd/made/20megapixel.jpg")
    let preprocessing = Preprocessing(imageSize: side)
    let change = try #require(
      difference(preprocessing.features(ofFile: path), preprocessing.features(of: Image(contentsOf: path))))
    #expect(change.mean > 0 && change.mean < 1)
  }
}

@Suite("PngSuite", .enabled(if: isPresent, missing))
struct PNGSuiteTests {
  /// The expected bitmaps have straight alpha, 8 bits per channel, and no gamma correction. Their 16-bit gray samples were
  /// rounded, while the decoder keeps the high byte, so these may differ by one level. Where alpha is 0, the color is
  /// undefined, and the decoder returns white.
  @Test("every valid file decodes to the expected pixels, composited over white")
  func valid() throws {
    let expected = SharedData.files(in: "odd/pngsuite_bmp_expected", endingIn: ".bmp")
    #expect(expected.count == 161)
    for path in expected {
      let name = FileSystem.name(of: path).dropLast(4)
      let bitmap = try #require(try Bitmap(path))
      let image = try Image(contentsOf: SharedData.path("odd/pngsuite/\(name).png"))
      try #require(image.width == bitmap.width && image.height == bitmap.height)
      let tolerance = name.hasSuffix("0g16") ? 1 : 0
      #expect(largestDifference(image, bitmap) <= tolerance, "\(name)")
    }
  }

  private func largestDifference(_ image: Image, _ bitmap: Bitmap) -> Int {
    var largest = 0
    for (pixel, found) in zip(bitmap.pixels, stride(from: 0, to: image.pixels.count, by: image.color.channelCount)) {
      for (c, level) in [pixel.red, pixel.green, pixel.blue].enumerated() {
        let onWhite = (Double(level * pixel.alpha + 255 * (255 - pixel.alpha)) / 255).rounded()
        let ours = image.pixels[found + (image.color == .gray ? 0 : c)]
        largest = max(largest, abs(Int(onWhite) - Int(ours)))
      }
    }
    return largest
  }

  @Test("every invalid file is an error")
  func invalid() throws {
    let files = SharedData.files(in: "odd/pngsuite", endingIn: ".png").filter { FileSystem.name(of: $0).hasPrefix("x") }
    #expect(files.count == 14)
    for path in files { #expect(throws: ImageError.self, "\(path)") { try Image(contentsOf: path) } }
  }
}
