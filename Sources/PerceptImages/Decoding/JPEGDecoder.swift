import CPerceptTurboJPEG

/// Decodes JPEG with the TurboJPEG API of libjpeg-turbo at its default accuracy. The output equals Pillow's.
enum JPEGDecoder {
  static func decode(_ request: DecodingRequest) throws(ImageError.Reason) -> Image {
    guard let codec = tjInitDecompress() else { throw .corrupt(format: "JPEG", words: "out of memory") }
    defer { tjDestroy(codec) }
    let header = try readHeader(request.bytes, with: codec)
    try request.check(width: header.size.width, height: header.size.height, format: .jpeg)
    let orientation = Orientation(ofJPEG: request.bytes)
    let size = request.grid?.decodedSize(ofJPEG: header.size, orientation: orientation) ?? header.size
    let layout = SampleLayout(header.colorspace)
    let isEighth = size != header.size && size.width == (header.size.width + 7) / 8
    var decoded = isEighth ? decodeDCOnly(request, with: codec, at: size, layout) : nil
    if decoded == nil { decoded = decode(request.bytes, with: codec, at: size, layout, in: request.memory) }
    guard let decoded else { throw .corrupt(format: "JPEG", words: words(of: codec)) }
    let pixels = layout == .cmyk ? rgb(fromInvertedCMYK: decoded, in: request.memory) : decoded
    return Image(width: size.width, height: size.height, color: layout == .gray ? .gray : .rgb, pixels: pixels)
      .upright(from: orientation, in: request.memory)
  }

  /// Decodes the samples at a size; `nil` if the file is damaged or incomplete.
  private static func decode(
    _ bytes: [UInt8], with codec: tjhandle, at size: ImageSize, _ layout: SampleLayout, in memory: SampleMemory
  ) -> [UInt8]? {
    memory.samples(size.width * size.height * layout.channelCount) { pixels in
      bytes.withUnsafeBufferPointer { file in
        // Every failure counts, whatever its error code: "warning" is also reported if nothing was decoded.
        tjDecompress2(
          codec, file.baseAddress, UInt(file.count), pixels, Int32(size.width), 0, Int32(size.height),
          layout.pixelFormat, TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) == 0
      }
    }
  }

  /// Decodes the same samples at 1/8 size from a DC-only JPEG, which is faster; `nil` if the complete file must be decoded.
  private static func decodeDCOnly(
    _ request: DecodingRequest, with codec: tjhandle, at size: ImageSize, _ layout: SampleLayout
  ) -> [UInt8]? {
    guard let dcOnly = DCOnlyJPEG.dcOnly(request.bytes, in: request.memory) else { return nil }
    defer { request.memory.reuse(dcOnly) }
    return decode(dcOnly, with: codec, at: size, layout, in: request.memory)
  }

  private struct Header {
    var size: ImageSize
    var colorspace: TJCS
  }

  private static func readHeader(_ bytes: [UInt8], with codec: tjhandle) throws(ImageError.Reason) -> Header {
    var width: Int32 = 0
    var height: Int32 = 0
    var subsampling: Int32 = 0
    var colorspace: Int32 = 0
    let status = bytes.withUnsafeBufferPointer {
      tjDecompressHeader3(codec, $0.baseAddress, UInt($0.count), &width, &height, &subsampling, &colorspace)
    }
    guard status == 0 else { throw .corrupt(format: "JPEG", words: words(of: codec)) }
    guard width > 0, height > 0 else { throw .corrupt(format: "JPEG", words: "it contains no image") }
    return Header(
      size: ImageSize(width: Int(width), height: Int(height)), colorspace: TJCS(UInt32(bitPattern: colorspace)))
  }

  /// Returns TurboJPEG's error message without the name of the function at its beginning.
  private static func words(of codec: tjhandle) -> String {
    guard let text = tjGetErrorStr2(codec) else { return "unknown error" }
    let words = String(cString: text)
    return words.split(separator: "(): ", maxSplits: 1).last.map(String.init) ?? words
  }

  /// Converts CMYK to RGB. Adobe programs store CMYK inverted, so that 255 means no ink, and TurboJPEG does not change it.
  /// A color is the part of the light that its ink and the black ink both transmit: `(C K + 127) / 255`.
  private static func rgb(fromInvertedCMYK samples: [UInt8], in memory: SampleMemory) -> [UInt8] {
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

/// The layout in which TurboJPEG returns samples.
private enum SampleLayout {
  case gray, rgb, cmyk

  init(_ colorspace: TJCS) {
    switch colorspace {
    case TJCS_GRAY: self = .gray
    case TJCS_CMYK, TJCS_YCCK: self = .cmyk
    default: self = .rgb
    }
  }

  var channelCount: Int {
    switch self {
    case .gray: 1
    case .rgb: 3
    case .cmyk: 4
    }
  }

  var pixelFormat: Int32 {
    switch self {
    case .gray: Int32(TJPF_GRAY.rawValue)
    case .rgb: Int32(TJPF_RGB.rawValue)
    case .cmyk: Int32(TJPF_CMYK.rawValue)
    }
  }
}

extension PixelGrid {
  /// The smallest ratio of the used part of the image to the target, in both directions, at which an image is decoded
  /// at a reduced size. Samples then differ by less than one level on average.
  private static let oversampling = 3

  /// Images with fewer pixels are always decoded at full size: this is cheap, and rounding up a fraction of an odd side
  /// would shift their pixels noticeably.
  private static let smallestReduced = 256 * 256

  /// Returns the smallest of full, 1/2, 1/4 and 1/8 size that is large enough for this grid.
  package func decodedSize(ofJPEG stored: ImageSize, orientation: Orientation) -> ImageSize {
    guard stored.width * stored.height >= Self.smallestReduced else { return stored }
    var chosen = stored
    for denominator in [2, 4, 8] {
      // libjpeg rounds up.
      let reduced = ImageSize(
        width: (stored.width + denominator - 1) / denominator, height: (stored.height + denominator - 1) / denominator)
      let placement = fit.placement(of: orientation.swapsSides ? reduced.transposed : reduced, in: size)
      let isLargeEnough =
        placement.source.width >= Self.oversampling * placement.target.width
        && placement.source.height >= Self.oversampling * placement.target.height
      guard isLargeEnough else { break }
      chosen = reduced
    }
    return chosen
  }
}
