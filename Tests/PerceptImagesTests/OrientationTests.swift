import PerceptImages
import PerceptLinearAlgebra
import PerceptTestSupport
import Testing

@Suite("Orientation")
struct OrientationTests {
  @Test("every orientation becomes upright as EXIF defines it", arguments: Orientation.allCases, ColorMode.allCases)
  func upright(orientation: Orientation, color: ColorMode) {
    let stored = Oracle.formula(width: 5, height: 3, color: color)
    #expect(stored.upright(from: orientation) == Oracle.upright(stored, orientation: orientation.rawValue))
  }

  @Test("the tag is read from a JPEG in either byte order, as SHORT or LONG", arguments: 1...8)
  func jpeg(value: Int) {
    for bigEndian in [true, false] {
      for type in [3, 4] {
        let bytes = TaggedFile.jpeg(exif: TaggedFile.tiff(value, type: type, bigEndian: bigEndian))
        #expect(Orientation(ofJPEG: bytes).rawValue == value)
      }
    }
  }

  @Test("undefined values mean upright", arguments: [0, 9, 255, 65_535])
  func undefined(value: Int) {
    #expect(Orientation(ofJPEG: TaggedFile.jpeg(exif: TaggedFile.tiff(value, type: 3, bigEndian: true))) == .upright)
  }

  @Test("a tag of another type means upright", arguments: [0, 1, 2, 5, 7, 65_535])
  func otherType(type: Int) {
    #expect(Orientation(ofJPEG: TaggedFile.jpeg(exif: TaggedFile.tiff(6, type: type, bigEndian: true))) == .upright)
  }

  @Test("EXIF that is truncated or has a changed byte never traps")
  func malformed() {
    for whole in [true, false].map({ TaggedFile.tiff(6, type: 3, bigEndian: $0) }) {
      for count in 0..<whole.count {
        let cut = TaggedFile.jpeg(exif: Array(whole.prefix(count)))
        #expect(Orientation(ofJPEG: cut) == .upright || count >= 20)
        #expect(Orientation(ofJPEG: Array(TaggedFile.jpeg(exif: whole).prefix(count))) == .upright)
      }
      for index in whole.indices {
        for value in [UInt8(0), 1, 0x7F, 0x80, 0xFF] {
          var changed = whole
          changed[index] = value
          _ = Orientation(ofJPEG: TaggedFile.jpeg(exif: changed))
          _ = Orientation(ofPNG: TaggedFile.png(exif: changed))
          _ = Orientation(ofWebP: TaggedFile.webp(exif: changed))
        }
      }
    }
  }

  @Test("random bytes after the signature never trap", arguments: 0..<50)
  func random(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let noise = (0..<200).map { _ in
      [0, 0xFF, 0xE1, UInt8.random(in: 0...255, using: &generator)].randomElement(using: &generator) ?? 0
    }
    _ = Orientation(ofJPEG: [0xFF, 0xD8] + noise)
    _ = Orientation(ofPNG: [UInt8](repeating: 0, count: 8) + noise)
    _ = Orientation(ofWebP: [UInt8](repeating: 0, count: 12) + noise)
  }

  @Test("EXIF is found after other segments and fill bytes, but not after the pixels")
  func position() {
    let exif = TaggedFile.segment(0xE1, Array("Exif\0\0".utf8) + TaggedFile.tiff(8, type: 3, bigEndian: false))
    let other =
      TaggedFile.segment(0xE1, Array("http://ns.adobe.com/xap/1.0/".utf8)) + TaggedFile.segment(0xFE, [1, 2, 3])
    #expect(Orientation(ofJPEG: [0xFF, 0xD8] + other + [0xFF, 0xFF] + exif).rawValue == 8)
    #expect(Orientation(ofJPEG: [0xFF, 0xD8] + TaggedFile.segment(0xDA, [0]) + exif) == .upright)
  }

  @Test("the tag is read from PNG and WebP, with and without the prefix of JPEG")
  func otherContainers() {
    let bare = TaggedFile.tiff(5, type: 3, bigEndian: true)
    for exif in [bare, Array("Exif\0\0".utf8) + bare] {
      #expect(Orientation(ofPNG: TaggedFile.png(exif: exif)).rawValue == 5)
      #expect(Orientation(ofWebP: TaggedFile.webp(exif: exif)).rawValue == 5)
    }
  }

  @Test("the orientation is applied to PNG and WebP", arguments: ["orientation6.png", "orientation6.webp"])
  func applied(name: String) throws {
    let expected = Oracle.upright(Oracle.smooth(width: 48, height: 32), orientation: 6)
    #expect(try Image(contentsOf: Fixture.path(name)) == expected)
  }

  @Test("the orientation is applied to JPEG", arguments: 1...8)
  func appliedToJPEG(value: Int) throws {
    let stored = Oracle.smooth(width: 48, height: 32)
    let plain = try stored.encodedJPEG()
    let exif = TaggedFile.segment(0xE1, Array("Exif\0\0".utf8) + TaggedFile.tiff(value, type: 3, bigEndian: true))
    let image = try Image(decoding: plain.prefix(2) + exif + plain.dropFirst(2), named: "turned")
    #expect(image == Oracle.upright(try Image(decoding: plain, named: "plain"), orientation: value))
  }
}
