import PerceptImages
import Testing

@Suite("Orientation in EXIF and XMP, in the order of Pillow")
struct OrientationPrecedenceTests {
  private static let xmpKeyword = "XML:com.adobe.xmp"
  private static let profileKeyword = "Raw profile type exif"

  @Test("XMP counts if EXIF is missing or has no orientation", arguments: 1...8)
  func xmp(value: Int) {
    for isElement in [true, false] {
      let xmp = TaggedFile.xmp(value, isElement: isElement)
      for exif in [nil, TaggedFile.tiff(nil), [1, 2, 3]] {
        #expect(Orientation(ofJPEG: TaggedFile.jpeg(exif: exif, xmp: xmp)).rawValue == value)
        let chunks =
          (exif.map { [TaggedFile.chunk("eXIf", $0)] } ?? []) + [TaggedFile.text("iTXt", Self.xmpKeyword, xmp)]
        #expect(Orientation(ofPNG: TaggedFile.png(chunks)).rawValue == value)
        let riff = (exif.map { [(name: "EXIF", content: $0)] } ?? []) + [(name: "XMP ", content: xmp)]
        #expect(Orientation(ofWebP: TaggedFile.webp(riff)).rawValue == value)
      }
    }
  }

  @Test("the tag in EXIF precedes XMP, even if its value is undefined", arguments: [1, 3, 0, 9])
  func precedence(value: Int) {
    let (exif, xmp) = (TaggedFile.tiff(value), TaggedFile.xmp(6))
    let expected = Orientation(rawValue: value) ?? .upright
    #expect(Orientation(ofJPEG: TaggedFile.jpeg(exif: exif, xmp: xmp)) == expected)
    let chunks = [TaggedFile.text("iTXt", Self.xmpKeyword, xmp), TaggedFile.chunk("eXIf", exif)]
    #expect(Orientation(ofPNG: TaggedFile.png(chunks)) == expected)
    #expect(Orientation(ofWebP: TaggedFile.webp([("XMP ", xmp), ("EXIF", exif)])) == expected)
  }

  @Test("XMP without a digit from 1 to 8 means upright", arguments: ["0", "9", "x", ""])
  func undefined(value: String) {
    for text in [
      "tiff:Orientation=\"\(value)\"", "<tiff:Orientation>\(value)<", "Orientation=\"6\"", "tiff:Orientation='6'",
    ] {
      #expect(Orientation(ofJPEG: TaggedFile.jpeg(xmp: Array(text.utf8))) == .upright, "\(text)")
    }
  }

  @Test("all text chunks of PNG can contain XMP and raw profiles, compressed or not")
  func textChunks() {
    let profile = TaggedFile.rawProfile(Array("Exif\0\0".utf8) + TaggedFile.tiff(6, bigEndian: false))
    for (keyword, text) in [(Self.xmpKeyword, TaggedFile.xmp(6)), (Self.profileKeyword, profile)] {
      for (name, isCompressed) in [("tEXt", false), ("zTXt", true), ("iTXt", false), ("iTXt", true)] {
        let chunk = TaggedFile.text(name, keyword, text, isCompressed: isCompressed)
        #expect(Orientation(ofPNG: TaggedFile.png([chunk])).rawValue == 6, "\(keyword) in \(name)")
      }
      #expect(Orientation(ofPNG: TaggedFile.png([TaggedFile.text("tEXt", "Comment", text)])) == .upright)
    }
  }

  @Test("in a PNG, eXIf precedes a raw profile, which precedes XMP, and the last of several counts")
  func withinPNG() {
    let exif = TaggedFile.chunk("eXIf", TaggedFile.tiff(2))
    let profiles = [7, 3].map {
      TaggedFile.text("zTXt", Self.profileKeyword, TaggedFile.rawProfile(TaggedFile.tiff($0)))
    }
    let xmp = [7, 4].map { TaggedFile.text("iTXt", Self.xmpKeyword, TaggedFile.xmp($0)) }
    #expect(Orientation(ofPNG: TaggedFile.png(xmp + profiles + [exif])).rawValue == 2)
    #expect(Orientation(ofPNG: TaggedFile.png(xmp + profiles)).rawValue == 3)
    #expect(Orientation(ofPNG: TaggedFile.png(xmp)).rawValue == 4)
    let untagged = TaggedFile.chunk("eXIf", TaggedFile.tiff(nil))
    #expect(Orientation(ofPNG: TaggedFile.png(profiles + [untagged])) == .upright)
  }

  @Test("metadata after the pixels of a PNG counts")
  func afterPixels() {
    let chunks = [TaggedFile.chunk("IDAT", [1, 2]), TaggedFile.text("iTXt", Self.xmpKeyword, TaggedFile.xmp(8))]
    #expect(Orientation(ofPNG: TaggedFile.png(chunks)).rawValue == 8)
  }

  @Test("metadata that the header of a WebP does not announce is ignored")
  func unannounced() {
    let chunks = [(name: "XMP ", content: TaggedFile.xmp(6)), (name: "EXIF", content: TaggedFile.tiff(5))]
    let found = [0, 4, 8, 12].map { Orientation(ofWebP: TaggedFile.webp(chunks, flags: $0)).rawValue }
    #expect(found == [1, 6, 5, 5])
  }

  @Test("truncated or changed text chunks never trap")
  func malformed() {
    let profile = TaggedFile.rawProfile(TaggedFile.tiff(6))
    for (name, keyword, text) in [
      ("zTXt", Self.profileKeyword, profile), ("tEXt", Self.profileKeyword, profile),
      ("iTXt", Self.xmpKeyword, TaggedFile.xmp(6)), ("zTXt", Self.xmpKeyword, TaggedFile.xmp(6)),
    ] {
      let whole = TaggedFile.text(name, keyword, text, isCompressed: true)
      for count in 12..<whole.count {
        _ = Orientation(ofPNG: TaggedFile.png([TaggedFile.chunk(name, Array(whole[8..<count]))]))
        var changed = whole
        changed[count - 4] ^= 0x55
        _ = Orientation(ofPNG: TaggedFile.png([changed]))
      }
    }
  }
}
