import CPerceptJPEG
import CPerceptTestJPEG
import PerceptImages
import PerceptPlatform

/// JPEG files of kinds that `Image.encodedJPEG` does not write.
enum TestJPEG {
  /// The usual sampling factors of luma: 4:4:4, 4:2:2, 4:2:0, 4:4:0 and 4:1:1.
  static let lumaSamplings: [[Int32]] = [[1, 1], [2, 1], [2, 2], [1, 2], [4, 1]]

  /// Encodes an image. `sampling` has the horizontal and vertical sampling factors of the components, alternating; 1 for
  /// those not listed. A gray image has one component, which is never subsampled.
  static func encoded(
    _ image: Image, sampling: [Int32] = [], quality: Int32 = 90, isProgressive: Bool = false,
    hasSeparateScans: Bool = false, isArithmetic: Bool = false
  ) -> [UInt8] {
    var kind = test_jpeg_kind()
    let all = (image.color == .gray ? [] : sampling) + Array(repeating: 1, count: 8)
    withUnsafeMutableBytes(of: &kind.sampling) { $0.copyBytes(from: all.prefix(8).flatMap(bytes)) }
    kind.quality = quality
    kind.is_progressive = isProgressive
    kind.has_separate_scans = hasSeparateScans
    kind.is_arithmetic = isArithmetic
    var count = 0
    let encoded = test_jpeg_encode(
      image.pixels, UInt32(image.width), UInt32(image.height), Int32(image.color.channelCount), &kind, &count)
    defer { free(encoded) }
    return Array(UnsafeBufferPointer(start: encoded, count: count))
  }

  private static func bytes(of value: Int32) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

  /// Decodes the samples of a file with the decoder at `1 / denominator` of its size; `nil` if it refuses the file.
  static func decoded(_ bytes: [UInt8], denominator: Int) -> [UInt8]? {
    var header = cjpeg_header()
    guard cjpeg_read_header(bytes, bytes.count, &header, nil, 0) == cjpeg_success else { return nil }
    let (width, height) = (Int(header.width), Int(header.height))
    let size = ((width + denominator - 1) / denominator, (height + denominator - 1) / denominator)
    var samples = [UInt8](repeating: 0, count: size.0 * size.1 * Int(header.channel_count))
    let status = cjpeg_decode(bytes, bytes.count, header, UInt32(denominator), &samples, nil, 0)
    return status == cjpeg_success ? samples : nil
  }

  /// Returns the position of a marker in a file without thumbnails.
  static func position(of marker: UInt8, in bytes: [UInt8], number: Int = 0) -> Int? {
    let positions = bytes.indices.dropLast().filter { bytes[$0] == 0xFF && bytes[$0 + 1] == marker }
    return number < positions.count ? positions[number] : nil
  }

  /// Returns a file whose frame header declares another size.
  static func declaring(_ size: ImageSize, in bytes: [UInt8]) -> [UInt8]? {
    guard let frame = position(of: 0xC0, in: bytes) ?? position(of: 0xC2, in: bytes) else { return nil }
    var changed = bytes
    changed.replaceSubrange(
      frame + 5..<frame + 9,
      with: [size.height >> 8, size.height & 255, size.width >> 8, size.width & 255].map(UInt8.init))
    return changed
  }

  /// Returns a file with an EXIF orientation.
  static func oriented(_ orientation: Orientation, _ bytes: [UInt8]) -> [UInt8] {
    let tag: [UInt8] = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation.rawValue), 0, 0]
    let tiff = Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1] + tag + [0, 0, 0, 0]
    let segment = [0xFF, 0xE1, 0, UInt8(tiff.count + 8)] + Array("Exif\0\0".utf8) + tiff
    return Array(bytes.prefix(2)) + segment + Array(bytes.dropFirst(2))
  }
}
