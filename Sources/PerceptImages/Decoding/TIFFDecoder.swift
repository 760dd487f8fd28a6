import CPerceptTIFF
import PerceptIO

/// Decodes the first page of a TIFF with libtiff, which is loaded when it is first needed: gray, palettes, RGB and CMYK with
/// up to 16 bits per sample. Samples of 16 bits are reduced to their high byte.
package enum TIFFDecoder {
  /// Whether libtiff is installed on this machine.
  package static var isAvailable: Bool { ctiff_is_installed() }

  /// The largest allocation of libtiff for itself. Its tables have a few bytes for each row or tile.
  private static let limit = 64 << 20

  static func decode(_ request: DecodingRequest) throws(ImageError.Reason) -> Image {
    guard isAvailable else { throw .missingLibrary(format: "TIFF", library: "libtiff", package: "libtiff6") }
    var words = ""
    var result: Result<Image, ImageError.Reason>?
    request.bytes.withUnsafeBufferPointer { bytes in
      // libtiff reads the bytes until the file is closed, so it must be closed in here.
      var header = ctiff_header()
      let file = withErrorText(&words) { ctiff_open(bytes.baseAddress, bytes.count, limit, &header, $0, $1) }
      guard let file else { return }
      defer { ctiff_close(file) }
      result = Result { () throws(ImageError.Reason) in try Self.image(of: file, header, request) }
    }
    guard let result else { throw .corrupt(format: "TIFF", words: words) }
    return try result.get()
  }

  private static func image(
    of file: OpaquePointer, _ header: ctiff_header, _ request: DecodingRequest
  ) throws(ImageError.Reason) -> Image {
    let (width, height) = (Int(header.width), Int(header.height))
    try request.check(width: width, height: height, format: .tiff)
    let layout = try TIFFLayout(header)
    let size = ImageSize(width: width, height: height)
    try layout.checkTiles(request, in: size)
    let samples = try TIFFSamples(file, layout, width: width, height: height).read(in: request.memory)
    let stored = try Self.stored(samples, size, layout, file, request.memory)
    return stored.upright(from: orientation(of: file, header), in: request.memory)
  }

  /// Returns the image as it is stored, not yet upright.
  private static func stored(
    _ samples: [UInt8], _ size: ImageSize, _ layout: TIFFLayout, _ file: OpaquePointer, _ memory: SampleMemory
  ) throws(ImageError.Reason) -> Image {
    let channels = layout.channels
    switch layout.color {
    case .palette:
      var colors = [UInt8](repeating: 0, count: 3 << layout.bits)
      guard ctiff_copy_palette(file, &colors, 1 << layout.bits) else {
        throw .corrupt(format: "TIFF", words: "the palette is missing")
      }
      return Palette(colors).image(size, of: samples, in: memory)
    case .cmyk:
      let pixels = JPEGDecoder.rgb(fromInvertedCMYK: samples, in: memory)
      return Image(width: size.width, height: size.height, color: .rgb, pixels: pixels)
    case .gray, .rgb:
      return Image(
        width: size.width, height: size.height, color: layout.color == .gray ? .gray : .rgb,
        pixels: layout.alpha?.overWhite(samples, channelCount: channels) ?? samples)
    }
  }

  private static func orientation(of file: OpaquePointer, _ header: ctiff_header) -> Orientation {
    var count = 0
    guard header.orientation == 0, let bytes = ctiff_xmp(file, &count) else {
      return Orientation(rawValue: Int(header.orientation)) ?? .upright
    }
    return Orientation(xmp: Array(UnsafeBufferPointer(start: bytes, count: count))[...])
  }
}
