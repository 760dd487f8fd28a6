import PerceptIO

/// Decodes Netpbm files: PBM, PGM and PPM, as text and binary, and PAM. A file with several images contributes the first.
enum PNMDecoder {
  static func decode(_ request: DecodingRequest) throws(ImageError.Reason) -> Image {
    let header = try PNMHeader(request.bytes)
    try request.check(width: header.width, height: header.height, format: .pnm)
    let count = header.width * header.height * header.channels
    guard request.bytes.count - header.start >= leastByteCount(of: header) else { throw PNMHeader.truncated }
    let scale = SampleScale.bytes(of: header.maximum)
    let levels = header.isInverted ? Array(scale.reversed()) : scale
    var problem: ImageError.Reason?
    let pixels = request.memory.samples(count) { pixels in
      do throws(ImageError.Reason) {
        switch header.layout {
        case .text, .textBits: try readText(header, request.bytes, levels, into: pixels)
        case .bits: readBits(header, request.bytes, levels, into: pixels)
        case .bytes: try readBytes(header, request.bytes, levels, into: pixels)
        }
        return true
      } catch {
        problem = error
        return false
      }
    }
    guard let pixels else { throw problem ?? PNMHeader.truncated }
    let hasAlpha = header.channels % 2 == 0
    return Image(
      width: header.width, height: header.height, color: header.channels < 3 ? .gray : .rgb,
      pixels: hasAlpha ? Alpha.straight.overWhite(pixels, channelCount: header.channels) : pixels)
  }

  /// Returns the smallest number of bytes that the samples can take.
  private static func leastByteCount(of header: PNMHeader) -> Int {
    let count = header.width * header.height * header.channels
    switch header.layout {
    case .textBits: return count
    case .text: return 2 * count - 1
    case .bytes: return header.maximum < 256 ? count : 2 * count
    case .bits: return PackedSamples.byteCount(of: header.width, bits: 1) * header.height
    }
  }

  private static func readText(
    _ header: PNMHeader, _ bytes: [UInt8], _ levels: [UInt8], into pixels: UnsafeMutablePointer<UInt8>
  ) throws(ImageError.Reason) {
    var text = PNMText(bytes, at: header.start)
    for i in 0..<header.width * header.height * header.channels {
      if case .text = header.layout {
        pixels[i] = try level(try text.number(), in: levels)
      } else {
        guard let digit = text.character() else { throw PNMHeader.truncated }
        pixels[i] = try level(Int(digit) - 48, in: levels)
      }
    }
  }

  private static func readBytes(
    _ header: PNMHeader, _ bytes: [UInt8], _ levels: [UInt8], into pixels: UnsafeMutablePointer<UInt8>
  ) throws(ImageError.Reason) {
    let (count, start) = (header.width * header.height * header.channels, header.start)
    if header.maximum < 256 {
      for i in 0..<count { pixels[i] = try level(Int(bytes[start &+ i]), in: levels) }
    } else {
      for i in 0..<count {
        let place = start &+ 2 &* i
        pixels[i] = try level(Int(bytes[place]) << 8 | Int(bytes[place &+ 1]), in: levels)
      }
    }
  }

  private static func readBits(
    _ header: PNMHeader, _ bytes: [UInt8], _ levels: [UInt8], into pixels: UnsafeMutablePointer<UInt8>
  ) {
    let length = PackedSamples.byteCount(of: header.width, bits: 1)
    bytes.withUnsafeBufferPointer { bytes in
      for y in 0..<header.height {
        let start = header.start + y * length
        let row = PackedSamples(UnsafeBufferPointer(rebasing: bytes[start..<start + length]), bits: 1)
        for x in 0..<header.width { pixels[y * header.width + x] = levels[row[x]] }
      }
    }
  }

  private static func level(_ sample: Int, in levels: [UInt8]) throws(ImageError.Reason) -> UInt8 {
    guard levels.indices.contains(sample) else {
      throw PNMHeader.corrupt("a sample is not from 0 to \(levels.count - 1)")
    }
    return levels[sample]
  }
}
