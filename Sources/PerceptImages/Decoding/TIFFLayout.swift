import CPerceptTIFF

/// How the samples of a TIFF are stored, of the kinds that are supported.
struct TIFFLayout {
  enum Color { case gray, palette, rgb, cmyk }

  let color: Color
  let alpha: Alpha?
  let bits: Int
  /// Whether 0 is white, or no ink.
  let isInverted: Bool
  /// The number of samples of a pixel in the file, and of those that are used: the first ones.
  let samplesPerPixel: Int
  let channels: Int
  let isPlanar: Bool
  /// The size of the tiles; `nil` if the image is stored in rows.
  let tile: (width: Int, height: Int)?
  /// The number of bytes of a decoded tile or row.
  let unitSize: Int

  /// None, CCITT (three kinds), LZW, JPEG, Deflate (two numbers) and PackBits.
  private static let compressions: Set = [1, 2, 3, 4, 5, 7, 8, 32_946, 32_773]
  /// The largest number of samples of a pixel: CMYK and one that is not used.
  private static let mostSamples = 5
  /// A tile may have four times the sides of the image, or this many pixels a side.
  private static let usualSide = 1024

  init(_ header: ctiff_header) throws(ImageError.Reason) {
    let compression = Int(header.compression)
    guard Self.compressions.contains(compression) else {
      throw .unsupported(kind: "a TIFF image with compression \(compression)")
    }
    bits = Int(header.bits_per_sample)
    // Some writers leave the format undefined (4).
    guard [1, 4].contains(header.sample_format), (1...16).contains(bits) else {
      throw .unsupported(kind: "a TIFF image with \(Self.words(header)) samples")
    }
    switch (header.photometric, header.ink_set) {
    case (0, _), (1, _): (color, isInverted) = (.gray, header.photometric == 0)
    case (2, _): (color, isInverted) = (.rgb, false)
    case (3, _) where bits <= 8: (color, isInverted) = (.palette, false)
    case (5, 1): (color, isInverted) = (.cmyk, true)
    case (6, _) where compression == 7: (color, isInverted) = (.rgb, false)
    default: throw .unsupported(kind: "a TIFF image with colors that are not gray, RGB or CMYK")
    }
    let colors = [Color.gray: 1, .palette: 1, .rgb: 3, .cmyk: 4][color] ?? 1
    samplesPerPixel = Int(header.samples_per_pixel)
    guard (colors...Self.mostSamples).contains(samplesPerPixel) else {
      throw .unsupported(kind: "a TIFF image with \(samplesPerPixel) samples per pixel")
    }
    let hasAlpha = samplesPerPixel > colors && header.extra_count > 0 && (1...2).contains(header.first_extra)
    guard !hasAlpha || color == .gray || color == .rgb else {
      throw .unsupported(kind: "a TIFF image with transparency in a palette or in CMYK")
    }
    alpha = hasAlpha ? (header.first_extra == 1 ? .premultiplied : .straight) : nil
    channels = colors + (hasAlpha ? 1 : 0)
    isPlanar = header.is_planar && samplesPerPixel > 1
    let hasTiles = header.tile_width > 0 || header.tile_height > 0
    tile = hasTiles ? (Int(header.tile_width), Int(header.tile_height)) : nil
    unitSize = Int(header.unit_size)
    let width = tile?.width ?? Int(header.width)
    let row = PackedSamples.byteCount(of: width * samplesPerUnit, bits: bits)
    guard unitSize > 0, unitSize == row.multipliedReportingOverflow(by: tile?.height ?? 1).partialValue else {
      throw .unsupported(kind: "a TIFF image with subsampled colors")
    }
  }

  /// The number of samples of a pixel that are decoded at once.
  var samplesPerUnit: Int { isPlanar ? 1 : samplesPerPixel }

  /// The number of samples of a pixel that belong to its color.
  var colorCount: Int { channels - (alpha == nil ? 0 : 1) }

  /// Checks the size of the tiles, because a tile is decoded as a whole. `size` is that of the image.
  func checkTiles(_ request: DecodingRequest, in size: ImageSize) throws(ImageError.Reason) {
    guard let tile else { return }
    guard tile.width <= max(4 * size.width, Self.usualSide), tile.height <= max(4 * size.height, Self.usualSide) else {
      throw .corrupt(
        format: "TIFF", words: "an image of \(size) pixels contains tiles of \(tile.width) x \(tile.height) pixels")
    }
    try request.check(width: tile.width, height: tile.height, format: .tiff)
  }

  private static func words(_ header: ctiff_header) -> String {
    let kind = [2: "signed ", 3: "floating-point "][Int(header.sample_format)] ?? ""
    return "\(kind)\(header.bits_per_sample)-bit"
  }
}
