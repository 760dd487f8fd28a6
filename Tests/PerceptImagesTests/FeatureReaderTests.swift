import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import PerceptTestSupport
import Testing

@Suite("Feature reader")
struct FeatureReaderTests {
  private static func read(_ path: String, with reader: FeatureReader, count: Int) throws -> [UInt8] {
    var features = [UInt8](repeating: 99, count: count)
    _ = try features.withUnsafeMutableBufferPointer { try reader.read(path, into: $0) }
    return features
  }

  /// Files in several formats: large, small, gray, rotated, with alpha, damaged and missing.
  private static func files(in folder: TemporaryFolder) throws -> [String] {
    let photo = TestImages.photo(seed: 1, width: 700, height: 520)
    let broken = try folder.write(photo.encodedJPEG().dropLast(2000), to: "broken.jpg")
    return [
      try folder.write(photo.encodedJPEG(), to: "large.jpg"),
      try folder.write(TestImages.photo(seed: 2, width: 20, height: 30).encodedJPEG(), to: "small.jpg"),
      try folder.write(TestImages.photo(seed: 3, width: 50, height: 70, color: .gray).encodedJPEG(), to: "gray.jpg"),
      broken,
      try folder.write(TestImages.noise(seed: 4, width: 300, height: 33).encodedPNG(), to: "a.png"),
      try folder.write(turned(photo.encodedJPEG()), to: "turned.jpg"),
      Fixture.path("cmyk.jpg"), Fixture.path("progressive.jpg"), Fixture.path("alpha.png"), folder.path("none.jpg"),
    ]
  }

  /// Returns a JPEG with EXIF orientation 6, a quarter turn.
  private static func turned(_ bytes: [UInt8]) -> [UInt8] {
    let tiff = Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
    let segment = [0xFF, 0xE1, 0, UInt8(tiff.count + 8)] + Array("Exif\0\0".utf8) + tiff
    return Array(bytes.prefix(2)) + segment + Array(bytes.dropFirst(2))
  }

  @Test(
    "the result equals features(ofFile:), whatever was read before", arguments: ResizeMode.allCases, ColorMode.allCases)
  func history(fit: ResizeMode, color: ColorMode) throws {
    let folder = try TemporaryFolder()
    let files = try Self.files(in: folder)
    let preprocessing = Preprocessing(imageSize: 24, fit: fit, color: color)
    let reader = FeatureReader(preprocessing)
    for path in files + files.reversed() + files {
      let expected = Result { try preprocessing.features(ofFile: path) }
      let features = Result { try Self.read(path, with: reader, count: preprocessing.featureCount) }
      #expect((try? features.get()) == (try? expected.get()), "\(path)")
      if case (.failure(let error), .failure(let other)) = (features, expected) { #expect("\(error)" == "\(other)") }
    }
  }

  @Test("many threads can read at the same time")
  func threads() throws {
    let folder = try TemporaryFolder()
    let preprocessing = Preprocessing(imageSize: 24)
    let reader = FeatureReader(preprocessing)
    let files = try Self.files(in: folder)
    let expected = files.map { try? preprocessing.features(ofFile: $0) }
    var agree = [Bool](repeating: false, count: 20 * files.count)
    agree.withUnsafeMutableBufferPointer { agree in
      nonisolated(unsafe) let agree = agree
      concurrently(agree.count) { i in
        let features = try? Self.read(files[i % files.count], with: reader, count: preprocessing.featureCount)
        agree[i] = features == expected[i % files.count]
      }
    }
    #expect(agree.allSatisfy { $0 })
  }

  @Test("the tables of one JPEG are never used for another")
  func tables() throws {
    let folder = try TemporaryFolder()
    let bytes = try TestImages.photo(seed: 5, width: 40, height: 40).encodedJPEG()
    let whole = try folder.write(bytes, to: "whole.jpg")
    let bare = try folder.write(Self.withoutTables(bytes), to: "bare.jpg")
    let reader = FeatureReader(Preprocessing(imageSize: 16))
    #expect(throws: Never.self) { try Self.read(whole, with: reader, count: 768) }
    #expect(throws: ImageError.self) { try Self.read(bare, with: reader, count: 768) }
  }

  /// Returns a JPEG without its quantization tables (DQT, 0xDB).
  private static func withoutTables(_ bytes: [UInt8]) -> [UInt8] {
    var kept = Array(bytes.prefix(2))
    var position = 2
    while bytes[position + 1] != 0xDA {
      let end = position + 2 + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
      if bytes[position + 1] != 0xDB { kept += bytes[position..<end] }
      position = end
    }
    return kept + bytes[position...]
  }
}
