/// A small chart of one curve in the unit square, for many classes side by side.
package struct CurvePanel: Sendable {
  /// The name of the class.
  package let name: String
  /// The number that the curve amounts to, such as the area under it.
  package let number: String
  package let points: [(x: Double, y: Double)]
  /// Whether the diagonal, which is guessing, is drawn.
  package let hasDiagonal: Bool
  package let summary: String

  package func drawing(side: Double = 170) -> Drawing {
    let area = Box(x: 22, y: 40, width: side - 32, height: side - 32)
    var drawing = Drawing(width: side, height: area.bottom + 22, title: "\(name): \(number)", summary: summary)
    func at(_ x: Double, _ y: Double) -> Point { Point(area.x + area.width * x, area.bottom - area.height * y) }
    drawing.shapes = [
      .text(GraphInput.fitted(name, 20), Point(side / 2, 15), .ink, size: 13, anchor: .middle, isBold: true),
      .text(number, Point(side / 2, 32), .muted, size: 12, anchor: .middle), .outline(area, .grid),
      .text("0", Point(area.x - 4, area.bottom + 14), .muted, size: 11, anchor: .middle),
      .text("1", Point(area.right, area.bottom + 14), .muted, size: 11, anchor: .middle),
      .text("1", Point(area.x - 8, area.y + 9), .muted, size: 11, anchor: .middle),
    ]
    if hasDiagonal { drawing.shapes.append(.line([at(0, 0), at(1, 1)], .grid, width: 1.2)) }
    drawing.shapes.append(.line(points.map { at($0.x, $0.y) }, .series(0), width: 2))
    return drawing
  }
}
