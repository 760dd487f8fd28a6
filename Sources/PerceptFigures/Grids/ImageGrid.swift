package import PerceptImages

/// A grid of images, each with a title above and a caption below it.
package struct ImageGrid: Sendable, Hashable {
  package struct Cell: Sendable, Hashable {
    /// Drawn at the cell width with pixels as squares.
    package var image: Image
    package var title: [String]
    package var caption: [String]

    package init(_ image: Image, title: [String] = [], caption: [String] = []) {
      self.image = image
      self.title = title
      self.caption = caption
    }
  }

  package var title: String
  package var summary: String
  package var cells: [Cell]
  package var columns: Int
  package var cellWidth: Double
  /// What colors in the images mean, shown below the title.
  package var key: [Key] = []

  package struct Key: Sendable, Hashable {
    let meaning: String
    let color: Role
  }

  /// `columns` is limited to the number of cells.
  package init(title: String, summary: String, cells: [Cell], columns: Int, cellWidth: Double = 160) {
    self.title = title
    self.summary = summary
    self.cells = cells
    self.columns = max(1, min(columns, max(cells.count, 1)))
    self.cellWidth = cellWidth
  }

  package var drawing: Drawing {
    let (gap, em) = (16.0, scale)
    let rows = stride(from: 0, to: cells.count, by: columns).map { Array(cells[$0..<min($0 + columns, cells.count)]) }
    let width = max(Double(columns) * (cellWidth + gap) + gap, 6.4 * Double(title.count) + 60, 320)
    // Rounded, to align the pixels of the images with those of the screen.
    let left = ((width - Double(columns) * (cellWidth + gap) + gap) / 2).rounded()
    var shapes: [Shape] = [.text(title, Point(width / 2, 28 * em), .ink, size: 17 * em, anchor: .middle, isBold: true)]
    shapes += keyShapes(middle: width / 2)
    var y = key.isEmpty ? 48.0 * em : 74
    for row in rows {
      let titleHeight = Double(row.map(\.title.count).max() ?? 0) * 17 * em
      let imageHeight = row.map { height(of: $0.image) }.max() ?? 0
      for (column, cell) in row.enumerated() {
        shapes += place(cell, x: left + Double(column) * (cellWidth + gap), y: y, titleHeight, imageHeight)
      }
      y += titleHeight + imageHeight + Double(row.map(\.caption.count).max() ?? 0) * 15 * em + gap + 6
    }
    var drawing = Drawing(width: width, height: y, title: title, summary: summary)
    drawing.shapes = shapes
    return drawing
  }

  private func keyShapes(middle: Double) -> [Shape] {
    let widths = key.map { 40 + 6.8 * Double($0.meaning.count) }
    var x = (middle - (widths.reduce(0, +) - 23) / 2).rounded()
    return zip(key, widths).flatMap { key, width -> [Shape] in
      defer { x += width }
      return [
        .rectangle(Box(x: x, y: 46, width: 11, height: 11), key.color, radius: 2),
        .text(key.meaning, Point(x + 17, 56), .ink, size: 13),
      ]
    }
  }

  /// How much larger the text is than in a usual grid: text beside large images must not become too small to read.
  private var scale: Double { max(1, cellWidth / 400) }

  private func height(of image: Image) -> Double { cellWidth * Double(image.height) / Double(image.width) }

  private func place(_ cell: Cell, x: Double, y: Double, _ titleHeight: Double, _ imageHeight: Double) -> [Shape] {
    let (middle, em) = (x + cellWidth / 2, scale)
    let skipped = titleHeight - 17 * em * Double(cell.title.count)
    var shapes = cell.title.enumerated().map { line, text in
      Shape.text(
        fitted(text, size: 13 * em), Point(middle, y + skipped + (12 + 17 * Double(line)) * em), .ink, size: 13 * em,
        anchor: .middle)
    }
    let box = Box(x: x, y: y + titleHeight, width: cellWidth, height: height(of: cell.image))
    shapes.append(.image(cell.image, box, alt: (cell.title + cell.caption).joined(separator: ", ")))
    shapes += cell.caption.enumerated().map { line, text in
      .text(
        fitted(text, size: 11.5 * em, keepsEnd: true),
        Point(middle, y + titleHeight + imageHeight + (14 + 15 * Double(line)) * em), .muted,
        size: 11.5 * em, anchor: .middle)
    }
    return shapes
  }

  /// Truncates a text that is wider than a cell. Captions keep their end, because the end of a path says more.
  private func fitted(_ text: String, size: Double, keepsEnd: Bool = false) -> String {
    let room = max(4, Int((cellWidth + 4) / (0.55 * size)))
    guard text.count > room else { return text }
    return keepsEnd ? "…" + text.suffix(room - 1) : text.prefix(room - 1) + "…"
  }
}
