import PerceptIO
import PerceptImages
import PerceptServer
import PerceptTestSupport

extension FuzzTarget {
  @Sendable static func jpeg(folder: String) throws -> FuzzTarget {
    let photo = TestImages.photo(seed: 1, width: 21, height: 13)
    // An image that is decoded at 1/8 of its size, with enough bits for the DC-only decoder.
    let large = TestImages.noise(seed: 2, width: 259, height: 257)
    let made = try [
      photo.encodedJPEG(), photo.converted(to: .gray).encodedJPEG(), large.encodedJPEG(quality: 10),
      large.converted(to: .gray).encodedJPEG(quality: 20),
    ]
    return try image(fixtures(endingIn: ["jpg"]) + made + [turned(jpeg: made[0])])
  }

  @Sendable static func png(folder: String) throws -> FuzzTarget {
    let small = try TestImages.photo(seed: 1, width: 17, height: 9).encodedPNG()
    var target = try image(fixtures(endingIn: ["png"]) + [small])
    target.repair = Repair.png
    return target
  }

  @Sendable static func webp(folder: String) throws -> FuzzTarget {
    var target = try image(fixtures(endingIn: ["webp"]))
    target.repair = Repair.riff
    return target
  }

  @Sendable static func heif(folder: String) throws -> FuzzTarget {
    try image(fixtures(endingIn: ["heic", "avif"]))
  }

  @Sendable static func tiff(folder: String) throws -> FuzzTarget {
    try image(fixtures(in: "formats", endingIn: ["tif"]))
  }

  @Sendable static func gif(folder: String) throws -> FuzzTarget {
    try image(fixtures(in: "formats", endingIn: ["gif"]))
  }

  @Sendable static func bmp(folder: String) throws -> FuzzTarget {
    try image(fixtures(in: "formats", endingIn: ["bmp"]))
  }

  @Sendable static func pnm(folder: String) throws -> FuzzTarget {
    let pam =
      Array("P7\nWIDTH 2\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n".utf8) + [1, 2, 3, 4, 5, 6, 7, 8]
    return try image(fixtures(in: "formats", endingIn: ["pbm", "pgm", "ppm"]) + [pam])
  }

  private static func fixtures(in subfolder: String = "", endingIn endings: [String]) throws -> [[UInt8]] {
    let folder = FileSystem.path(FileSystem.path(testsFolder, "PerceptImagesTests/Fixtures"), subfolder)
    let names = try FileSystem.names(inFolder: folder).filter { name in endings.contains { name.hasSuffix(".\($0)") } }
    return try names.map { try FileSystem.read(FileSystem.path(folder, $0)) }
  }

  /// Returns a JPEG with an orientation in EXIF.
  private static func turned(jpeg: [UInt8]) -> [UInt8] {
    let tiff = Array("Exif\0\0MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
    return jpeg[..<2] + [0xFF, 0xE1, 0, UInt8(tiff.count + 2)] + tiff + jpeg[2...]
  }

  private static func image(_ seeds: [[UInt8]]) throws -> FuzzTarget {
    FuzzTarget(seeds: seeds, refusals: [ImageError.self], read: read)
  }

  /// Decodes an image completely, as `percept explore` does, and for a small grid, as `percept train` does. The limit of
  /// the pixels is that of `percept serve`.
  private static func read(_ bytes: [UInt8]) throws {
    _ = Image.isAnimation(bytes)
    let (grid, limit) = (PixelGrid(size: ImageSize(16)), ServerLimits().pixels)
    let reduced = Result { try Image.decode(bytes, named: "x", pixelBudget: limit, for: grid) }
    let whole = Result { try Image(decoding: bytes, named: "x", pixelBudget: limit) }
    if case .failure(let error) = whole { try require(!"\(error)".contains("\n"), "an error has two lines") }
    let isAccepted = [(try? reduced.get()) != nil, (try? whole.get()) != nil]
    try require(isAccepted[0] == isAccepted[1], "only one size can be decoded")
    _ = try grid.samples(of: reduced.get())
    let image = try whole.get()
    try require(
      image.pixels.count == image.width * image.height * image.color.channelCount, "pixels are missing")
  }
}
