import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Image format")
struct ImageFormatTests {
  @Test(
    "supported formats are detected",
    arguments: [
      ("progressive.jpg", ImageFormat.jpeg), ("alpha.png", .png), ("smooth.webp", .webp), ("smooth.heic", .heic),
      ("smooth.avif", .avif), ("formats/none.tif", .tiff), ("formats/big.tif", .tiff), ("formats/palette.gif", .gif),
      ("formats/rgb.bmp", .bmp), ("formats/bit.pbm", .pnm), ("formats/text.ppm", .pnm),
    ])
  func decoded(name: String, format: ImageFormat) throws {
    #expect(try ImageFormat(firstBytesOf: Fixture.bytes(name)) == format)
  }

  @Test(
    "errors name other kinds of files",
    arguments: [
      ("BMW,cat,1\n", "text, not an image"),
      ("\0\0\0\u{c}jP  \r\n", "a JPEG 2000 image; convert it to JPEG, PNG or WebP first"),
      ("  <svg xmlns='", "an SVG drawing; convert it to JPEG, PNG or WebP first"),
      ("<!DOCTYPE html><html>", "text (HTML), not an image"),
      ("name,label\na.jpg,cat\n", "text, not an image"),
      ("%PDF-1.7\n", "a PDF document, not an image"),
      ("PK\u{3}\u{4}....", "a ZIP archive or office document, not an image"),
      ("\0\0\0\u{18}ftypmp42\0\0\0\0mp42isom", "a video or audio file (MPEG-4), not an image"),
      ("", "empty file"),
      ("\u{1}\u{2}\u{3}", "not an image in a supported format (JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF, BMP or PNM)"),
    ])
  func refused(start: String, words: String) {
    let error = #expect(throws: ImageError.self) { try Image(decoding: Array(start.utf8), named: "faces/a.jpg") }
    #expect(error?.description == "faces/a.jpg: \(words)")
  }

  @Test("every error is one line that begins with the name of the file")
  func oneLine() {
    let reasons: [ImageError.Reason] = [
      .empty, .unsupported(kind: "a JPEG XL image"), .notAnImage(kind: "text"), .unknownFormat,
      .corrupt(format: "JPEG", words: "early end"), .tooManyPixels(width: 9, height: 9, limit: 80),
      .tooLongSide(width: 2_000_000, height: 1, limit: 1_000_000),
      .missingLibrary(format: "HEIC", library: "libheif", package: "libheif1"),
      .notEncodable(format: "JPEG", words: "too long"),
    ]
    for reason in reasons {
      let text = ImageError("x.jpg", reason).description
      #expect(text.hasPrefix("x.jpg: ") && !text.contains("\n") && !text.hasSuffix("."))
    }
  }

  @Test("a missing file and a folder are file system errors")
  func files() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError(folder.path("none.jpg"), .notFound)) { try Image(contentsOf: folder.path("none.jpg")) }
    #expect(throws: FileError(folder.path, .isFolder)) { try Preprocessing().features(ofFile: folder.path) }
  }
}
