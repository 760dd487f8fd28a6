import CPerceptRSVG
import PerceptIO
package import PerceptImages

/// An error of a figure.
public enum FigureError: Error, Equatable, CustomStringConvertible {
  /// The file name does not end in `.svg` or `.png`.
  case unknownFormat(path: String)
  /// librsvg, which PNG figures need, is not installed.
  case cannotRender(path: String)
  /// librsvg cannot render the figure. The associated value is its message.
  case renderingFailed(words: String)
  /// The figure shows costs, but the model contains none.
  case noHistory(model: String)
  /// The figure shows a single layer or a single neuron, but the model has more.
  case needsFewerUnits(what: String)
  /// The figure would be empty.
  case nothingToShow(what: String)

  /// What is wrong, and how to fix it.
  public var description: String {
    switch self {
    case .unknownFormat(let path): "\(path): unknown figure format; use a file name that ends in .svg or .png"
    case .cannotRender(let path):
      "\(path): PNG figures require librsvg (on Debian: apt install librsvg2-2 fonts-dejavu-core); install it, or use a "
        + "file name that ends in .svg"
    case .renderingFailed(let words): "cannot render the figure: \(words)"
    case .noHistory(let model):
      "\(model): no learning curve, because the model contains no costs; train it for at least one iteration"
    case .needsFewerUnits(let what): what
    case .nothingToShow(let what): what
    }
  }
}

extension Drawing {
  /// Whether librsvg, which renders PNG figures, can be loaded. Loads it.
  package static var canRender: Bool { crsvg_is_installed() }

  /// Renders the drawing on a white background with librsvg, which is loaded on first use, at `scale` pixels per unit. Throws
  /// ``FigureError`` if librsvg is missing or fails, or if a side is not within 1 … 31,999 pixels.
  package func rendered(scale: Double = 2) throws -> Image {
    guard Self.canRender else { throw FigureError.cannotRender(path: title) }
    let (columns, rows) = (Int(nearest: (width * scale).rounded(.up)), Int(nearest: (height * scale).rounded(.up)))
    guard columns > 0, rows > 0, columns < 32_000, rows < 32_000 else {
      throw FigureError.renderingFailed(words: "each side must be from 1 to 31999 pixels (got \(columns) x \(rows))")
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
    // The background is opaque, so alpha is 255 except in a partly covered last row and column.
    let rgb = stride(from: 0, to: pixels.count, by: 4).flatMap { at in
      [2, 1, 0].map { channel in UInt8(min(255, Int(pixels[at + channel]) + 255 - Int(pixels[at + 3]))) }
    }
    return Image(width: columns, height: rows, color: .rgb, pixels: rgb)
  }

  /// Enlarges images to their rendered size by nearest neighbor, because librsvg 2.54 ignores `image-rendering: pixelated`.
  private func withSquarePixels(scale: Double) -> Drawing {
    var drawing = self
    drawing.shapes = shapes.map { shape in
      guard case .image(let image, let box, let alt) = shape, box.hasSquares(of: image) else { return shape }
      let size = ImageSize(
        width: max(image.width, Int((box.width * scale).rounded())),
        height: max(image.height, Int((box.height * scale).rounded())))
      return .image(image.enlarged(to: size, by: .nearest), box, alt: alt)
    }
    return drawing
  }

  /// The image that the drawing consists of, at its original size; nil if the drawing contains anything else.
  private var onlyImage: Image? {
    guard shapes.count == 1, case .image(let image, let box, _) = shapes[0] else { return nil }
    let isAsItIs = box == Box(x: 0, y: 0, width: Double(image.width), height: Double(image.height))
    return isAsItIs && box.width == width && box.height == height ? image : nil
  }

  /// Writes the drawing to a file whose name ends in `.svg` or `.png`. A drawing of a single image at its original size becomes
  /// a PNG with exactly its pixels; every other drawing is rendered at twice its size, with librsvg.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - replacing: whether to replace an existing file.
  /// - Throws: ``FigureError`` if the file name has another ending, or librsvg is missing; `FileError` if the file exists or cannot be
  ///   written.
  public func write(to path: String, replacing: Bool = false) throws {
    try FileSystem.checkCanWrite(path, replacing: replacing)
    if path.hasSuffix(".svg") {
      try FileSystem.write(Array(svg().utf8), to: path, replacing: replacing)
    } else if path.hasSuffix(".png"), let onlyImage {
      try FileSystem.write(onlyImage.encodedPNG(), to: path, replacing: replacing)
    } else if path.hasSuffix(".png") {
      guard Self.canRender else { throw FigureError.cannotRender(path: path) }
      try FileSystem.write(rendered().encodedPNG(), to: path, replacing: replacing)
    } else {
      throw FigureError.unknownFormat(path: path)
    }
  }

  /// Throws ``FigureError/unknownFormat(path:)`` or `FileError` if a drawing cannot be written to a path, before it is drawn.
  package static func checkCanWrite(_ path: String, replacing: Bool) throws {
    guard path.hasSuffix(".svg") || path.hasSuffix(".png") else { throw FigureError.unknownFormat(path: path) }
    try FileSystem.checkCanWrite(path, replacing: replacing)
  }
}
