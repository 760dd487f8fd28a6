import CPerceptRSVG
import PerceptIO
public import PerceptImages

/// Why a figure cannot be made.
public enum FigureError: Error, Equatable, CustomStringConvertible {
  /// A file name whose ending is no figure format.
  case unknownFormat(path: String)
  /// librsvg is not installed.
  case cannotRender(path: String)
  /// librsvg refuses.
  case renderingFailed(words: String)
  /// A model that holds no costs.
  case noHistory(model: String)
  /// A figure of one layer's weights was asked for of a network with hidden layers, or one of a single neuron of several.
  case needsFewerUnits(what: String)
  /// There is nothing to show.
  case nothingToShow(what: String)

  /// The fault in one sentence, with the way out.
  public var description: String {
    switch self {
    case .unknownFormat(let path): "\(path): a figure's name ends in .svg or .png"
    case .cannotRender(let path):
      "\(path): PNG figures need the library librsvg (on Debian: apt install librsvg2-2 fonts-dejavu-core); or choose a "
        + "name that ends in .svg"
    case .renderingFailed(let words): "the figure cannot be rendered: \(words)"
    case .noHistory(let model):
      "\(model): the model holds no costs, so it has no learning curve; train it for at least one iteration"
    case .needsFewerUnits(let what): what
    case .nothingToShow(let what): what
    }
  }
}

extension Drawing {
  /// The drawing as pixels on a white page, rendered by librsvg, which is opened by the first drawing that needs it.
  ///
  /// - Parameter scale: pixels of the picture for one of the drawing.
  /// - Returns: the picture.
  /// - Throws: ``FigureError`` when librsvg is missing or refuses.
  public func rendered(scale: Double = 2) throws -> Image {
    guard crsvg_is_installed() else { throw FigureError.cannotRender(path: title) }
    let (columns, rows) = (Int((width * scale).rounded(.up)), Int((height * scale).rounded(.up)))
    guard columns > 0, rows > 0, columns < 32_000, rows < 32_000 else {
      throw FigureError.renderingFailed(words: "\(columns) x \(rows) pixels are too many")
    }
    var pixels = [UInt8](repeating: 0, count: columns * rows * 4)
    var words = [CChar](repeating: 0, count: 256)
    let text = Array(withSquarePixels(scale: scale).svg(isLossless: true).utf8)
    let isDone = text.withUnsafeBytes { text in
      crsvg_render(
        text.bindMemory(to: CChar.self).baseAddress, text.count, &pixels, Int32(columns), Int32(rows), &words,
        words.count)
    }
    guard isDone else {
      throw FigureError.renderingFailed(
        words: String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    // The page is opaque, so alpha is 255 everywhere but in the last, partly covered row and column.
    let rgb = stride(from: 0, to: pixels.count, by: 4).flatMap { at in
      [2, 1, 0].map { channel in UInt8(min(255, Int(pixels[at + channel]) + 255 - Int(pixels[at + 3]))) }
    }
    return Image(width: columns, height: rows, color: .rgb, pixels: rgb)
  }

  /// The drawing with its pictures as large as they will be rendered, each old pixel a square: librsvg 2.54 does not know
  /// `image-rendering: pixelated` and blurs what it enlarges.
  private func withSquarePixels(scale: Double) -> Drawing {
    var drawing = self
    drawing.shapes = shapes.map { shape in
      guard case .image(let image, let box, let alt) = shape else { return shape }
      let size = ImageSize(
        width: max(image.width, Int((box.width * scale).rounded())),
        height: max(image.height, Int((box.height * scale).rounded())))
      return .image(image.enlarged(to: size, by: .nearest), box, alt: alt)
    }
    return drawing
  }

  /// The picture that the drawing consists of, where it is nothing else.
  private var onlyImage: Image? {
    guard shapes.count == 1, case .image(let image, let box, _) = shapes[0] else { return nil }
    let isAsItIs = box == Box(x: 0, y: 0, width: Double(image.width), height: Double(image.height))
    return isAsItIs && box.width == width && box.height == height ? image : nil
  }

  /// Writes the drawing as SVG or PNG, as the ending of the file's name says.
  ///
  /// A drawing that is nothing but a picture becomes a PNG of that picture's own pixels; every other is rendered at twice
  /// its size.
  ///
  /// - Parameters:
  ///   - path: a name that ends in `.svg` or `.png`.
  ///   - replacing: whether a file already there may be replaced.
  /// - Throws: ``FigureError`` for another ending or when PNG cannot be made here, `FileError` when it cannot be written.
  public func write(to path: String, replacing: Bool = false) throws {
    try FileSystem.checkCanWrite(path, replacing: replacing)
    if path.hasSuffix(".svg") {
      try FileSystem.write(Array(svg().utf8), to: path, replacing: replacing)
    } else if path.hasSuffix(".png"), let onlyImage {
      try FileSystem.write(onlyImage.encodedPNG(), to: path, replacing: replacing)
    } else if path.hasSuffix(".png") {
      guard crsvg_is_installed() else { throw FigureError.cannotRender(path: path) }
      try FileSystem.write(rendered().encodedPNG(), to: path, replacing: replacing)
    } else {
      throw FigureError.unknownFormat(path: path)
    }
  }

  /// Whether a drawing can be written, before there is one.
  ///
  /// - Parameters:
  ///   - path: the file to make.
  ///   - replacing: whether a file already there may be replaced.
  /// - Throws: ``FigureError/unknownFormat(path:)`` for another ending, `FileError` when it cannot be written.
  package static func checkCanWrite(_ path: String, replacing: Bool) throws {
    guard path.hasSuffix(".svg") || path.hasSuffix(".png") else { throw FigureError.unknownFormat(path: path) }
    try FileSystem.checkCanWrite(path, replacing: replacing)
  }
}
