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
        let bytes = jpeg(with: tiff(value, type: type, bigEndian: bigEndian))
        #expect(Orientation(ofJPEG: bytes).rawValue == value)
      }
    }
  }

  @Test("undefined values mean upright", arguments: [0, 9, 255, 65_535])
  func undefined(value: Int) {
    #expect(Orientation(ofJPEG: jpeg(with: tiff(value, type: 3, bigEndian: true))) == .upright)
  }

  @Test("a tag of another type means upright", arguments: [0, 1, 2, 5, 7, 65_535])
  func otherType(type: Int) {
    #expect(Orientation(ofJPEG: jpeg(with: tiff(6, type: type, bigEndian: true))) == .upright)
  }

  @Test("EXIF that is truncated or has a changed byte never traps")
  func malformed() {
    for whole in [true, false].map({ tiff(6, type: 3, bigEndian: $0) }) {
      for count in 0..<whole.count {
        let cut = jpeg(with: Array(whole.prefix(count)))
        #expect(Orientation(ofJPEG: cut) == .upright || count >= 20)
        #expect(Orientation(ofJPEG: Array(jpeg(with: whole).prefix(count))) == .upright)
      }
      for index in whole.indices {
        for value in [UInt8(0), 1, 0x7F, 0x80, 0xFF] {
          var changed = whole
          changed[index] = value
          _ = Orientation(ofJPEG: jpeg(with: changed))
          _ = Orientation(ofPNG: png(with: changed))
          _ = Orientation(ofWebP: webp(with: changed))
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
    let exif = segment(0xE1, Array("Exif\0\0".utf8) + tiff(8, type: 3, bigEndian: false))
    let other = segment(0xE1, Array("http://ns.adobe.com/xap/1.0/".utf8)) + segment(0xFE, [1, 2, 3])
    #expect(Orientation(ofJPEG: [0xFF, 0xD8] + other + [0xFF, 0xFF] + exif).rawValue == 8)
    #expect(Orientation(ofJPEG: [0xFF, 0xD8] + segment(0xDA, [0]) + exif) == .upright)
  }

  @Test("the tag is read from PNG and WebP, with and without the prefix of JPEG")
  func otherContainers() {
    let bare = tiff(5, type: 3, bigEndian: true)
    for exif in [bare, Array("Exif\0\0".utf8) + bare] {
      #expect(Orientation(ofPNG: png(with: exif)).rawValue == 5)
      #expect(Orientation(ofWebP: webp(with: exif)).rawValue == 5)
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
    let exif = segment(0xE1, Array("Exif\0\0".utf8) + tiff(value, type: 3, bigEndian: true))
    let image = try Image(decoding: plain.prefix(2) + exif + plain.dropFirst(2), named: "turned")
    #expect(image == Oracle.upright(try Image(decoding: plain, named: "plain"), orientation: value))
  }

  // MARK: Files with the tag

  /// Returns a TIFF directory of two entries; the second is the orientation.
  private func tiff(_ value: Int, type: Int, bigEndian: Bool) -> [UInt8] {
    func number(_ value: Int, bytes: Int) -> [UInt8] {
      let little = (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return bigEndian ? little.reversed() : little
    }
    func entry(_ tag: Int, _ type: Int, _ value: [UInt8]) -> [UInt8] {
      number(tag, bytes: 2) + number(type, bytes: 2) + number(1, bytes: 4) + value
    }
    let data = type == 4 ? number(value, bytes: 4) : number(value, bytes: 2) + [0, 0]
    return Array((bigEndian ? "MM" : "II").utf8) + number(42, bytes: 2) + number(8, bytes: 4) + number(2, bytes: 2)
      + entry(0x0100, 4, number(7, bytes: 4)) + entry(0x0112, type, data) + number(0, bytes: 4)
  }

  private func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
    [0xFF, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 255)] + content
  }

  private func jpeg(with tiff: [UInt8]) -> [UInt8] {
    [0xFF, 0xD8] + segment(0xE0, [1, 2, 3]) + segment(0xE1, Array("Exif\0\0".utf8) + tiff) + [0xFF, 0xD9]
  }

  private func png(with exif: [UInt8]) -> [UInt8] {
    let header = [UInt8](repeating: 0, count: 8) + [0, 0, 0, 1] + Array("IHDR".utf8) + [7, 0, 0, 0, 0]
    return header + [0, 0, 0, UInt8(exif.count)] + Array("eXIf".utf8) + exif + [0, 0, 0, 0]
  }

  private func webp(with exif: [UInt8]) -> [UInt8] {
    let header = Array("RIFF\0\0\0\0WEBP".utf8) + Array("VP8X".utf8) + [3, 0, 0, 0, 1, 2, 3, 0]
    return header + Array("EXIF".utf8) + [UInt8(exif.count), 0, 0, 0] + exif
  }
}
