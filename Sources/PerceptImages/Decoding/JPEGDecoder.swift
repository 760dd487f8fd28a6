import CPerceptJPEG

/// Decodes JPEG with libjpeg-turbo at its default accuracy. The output equals Pillow's.
enum JPEGDecoder {
  static func decode(_ request: DecodingRequest) throws(ImageError.Reason) -> DecodedImage {
    let header = try readHeader(request.bytes)
    let stored = ImageSize(width: Int(header.width), height: Int(header.height))
    try request.check(width: stored.width, height: stored.height, format: .jpeg)
    let orientation = Orientation(ofJPEG: request.bytes)
    let denominator = request.grid?.denominator(ofJPEG: stored, orientation: orientation) ?? 1
    let size = SampleGrid.squares(in: stored, denominator: denominator)
    let decoded = try decode(request, header, at: size, denominator: denominator)
    let pixels = header.channel_count == 4 ? rgb(fromInvertedCMYK: decoded, in: request.memory) : decoded
    let color: ColorMode = header.channel_count == 1 ? .gray : .rgb
    let image = Image(width: size.width, height: size.height, color: color, pixels: pixels)
    return DecodedImage(
      image.upright(from: orientation, in: request.memory),
      on: SampleGrid(ofStored: stored, denominator: denominator, orientation: orientation))
  }

  private static func readHeader(_ bytes: [UInt8]) throws(ImageError.Reason) -> cjpeg_header {
    var header = cjpeg_header()
    var words = ""
    let status = bytes.withUnsafeBufferPointer { file in
      withErrorText(&words) { cjpeg_read_header(file.baseAddress, file.count, &header, $0, $1) }
    }
    guard status == cjpeg_success else { throw reason(status, words) }
    return header
  }

  private static func decode(
    _ request: DecodingRequest, _ header: cjpeg_header, at size: ImageSize, denominator: Int
  ) throws(ImageError.Reason) -> [UInt8] {
    let count = size.width * size.height * Int(header.channel_count)
    // A DC-only file decodes to the same samples, faster if the file has at least one bit per pixel.
    let isDense = 8 * request.bytes.count >= Int(header.width) * Int(header.height)
    if denominator == 8, isDense, let dcOnly = DCOnlyJPEG.dcOnly(request.bytes, in: request.memory) {
      defer { request.memory.reuse(dcOnly) }
      if let samples = try? decode(dcOnly, header, count: count, denominator: 8, in: request.memory) { return samples }
    }
    return try decode(request.bytes, header, count: count, denominator: denominator, in: request.memory)
  }

  private static func decode(
    _ bytes: [UInt8], _ header: cjpeg_header, count: Int, denominator: Int, in memory: SampleMemory
  ) throws(ImageError.Reason) -> [UInt8] {
    var words = ""
    var status = cjpeg_damaged
    let samples = memory.samples(count) { samples in
      bytes.withUnsafeBufferPointer { file in
        status = withErrorText(&words) {
          cjpeg_decode(file.baseAddress, file.count, header, UInt32(denominator), samples, $0, $1)
        }
      }
      return status == cjpeg_success
    }
    guard let samples else { throw reason(status, words) }
    return samples
  }

  private static func reason(_ status: cjpeg_status, _ words: String) -> ImageError.Reason {
    status == cjpeg_unsupported ? .unsupported(kind: words) : .corrupt(format: "JPEG", words: words)
  }

  /// Converts CMYK to RGB. Adobe programs store CMYK inverted, so that 255 means no ink, and libjpeg does not change it.
  /// A color is the part of the light that its ink and the black ink both transmit: `(C K + 127) / 255`.
  static func rgb(fromInvertedCMYK samples: [UInt8], in memory: SampleMemory) -> [UInt8] {
    let count = samples.count / 4
    let pixels = memory.samples(
      3 * count,
      setBy: { rgb in
        samples.withUnsafeBufferPointer { cmyk in
          for i in 0..<count {
            let black = UInt32(cmyk[4 &* i &+ 3])
            for c in 0..<3 {
              rgb[3 &* i &+ c] = UInt8(truncatingIfNeeded: (UInt32(cmyk[4 &* i &+ c]) &* black &+ 127) / 255)
            }
          }
        }
      })
    memory.reuse(samples)
    return pixels
  }
}
