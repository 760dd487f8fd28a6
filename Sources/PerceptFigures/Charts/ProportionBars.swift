package import PerceptModels

/// Proportions as horizontal bars with their 95 % confidence intervals, one row each.
package struct ProportionBars: Sendable {
  package struct Row: Sendable {
    package let name: String
    /// The proportion; nil if there were no trials.
    package let value: Proportion?
    /// Whether the confidence interval is drawn. An accuracy on training images has none, because it says nothing about
    /// other images.
    package var hasInterval = true
    package var role = Role.series(0)

    package init(_ name: String, _ value: Proportion?, hasInterval: Bool = true, role: Role = .series(0)) {
      (self.name, self.value, self.hasInterval, self.role) = (name, value, hasInterval, role)
    }
  }

  package var title: String
  package var summary: String
  package var rows: [Row]
  /// A value that all rows are compared with, drawn as a line through them, and its name below the axis.
  package var reference: (name: String, value: Double)?

  package init(title: String, summary: String, rows: [Row], reference: (name: String, value: Double)? = nil) {
    (self.title, self.summary, self.rows, self.reference) = (title, summary, rows, reference)
  }

  private static let rowHeight = 25.0
  private static let left = 128.0
  private static let right = 62.0

  /// Draws the bars, `width` pixels wide. The height depends on the number of rows.
  package func drawing(width: Double = 390) -> Drawing {
    let top = title.isEmpty ? 8.0 : 40
    let bottom = top + Self.rowHeight * Double(rows.count)
    var drawing = Drawing(
      width: width, height: bottom + (reference == nil ? 28 : 46), title: title.isEmpty ? "Proportions" : title,
      summary: summary)
    let length = width - Self.left - Self.right
    func x(_ share: Double) -> Double { Self.left + length * share }
    if !title.isEmpty {
      drawing.shapes.append(.text(title, Point(width / 2, 22), .ink, size: 16, anchor: .middle, isBold: true))
    }
    for share in [0, 0.25, 0.5, 0.75, 1] {
      drawing.shapes.append(.line([Point(x(share), top), Point(x(share), bottom)], .grid, width: 1))
      guard share != 0.25, share != 0.75 else { continue }
      drawing.shapes.append(
        .text("\(Int(100 * share)) %", Point(x(share), bottom + 16), .muted, size: 12, anchor: .middle))
    }
    for (index, row) in rows.enumerated() {
      drawing.shapes += shapes(of: row, y: top + Self.rowHeight * (Double(index) + 0.5), width: width, x: x)
    }
    if let reference {
      drawing.shapes += [
        .line([Point(x(reference.value), top - 2), Point(x(reference.value), bottom + 2)], .ink, width: 1.4),
        .line([Point(Self.left, bottom + 34), Point(Self.left, bottom + 24)], .ink, width: 1.4),
        .text(
          "\(reference.name): \(Ticks.percent(reference.value))", Point(Self.left + 8, bottom + 34), .muted, size: 12),
      ]
    }
    return drawing
  }

  private func shapes(of row: Row, y: Double, width: Double, x: (Double) -> Double) -> [Shape] {
    var shapes = [
      Shape.text(GraphInput.fitted(row.name, 16), Point(Self.left - 10, y + 4), .ink, size: 12, anchor: .end)
    ]
    guard let value = row.value else {
      return shapes + [.text("no images", Point(x(0) + 6, y + 5), .muted, size: 12)]
    }
    shapes.append(
      .rectangle(Box(x: x(0), y: y - 7, width: max(x(value.value) - x(0), 0.5), height: 14), row.role, radius: 1))
    if row.hasInterval {
      let (low, high) = (x(value.interval.lowerBound), x(value.interval.upperBound))
      shapes.append(.line([Point(low, y), Point(high, y)], .ink, width: 1.6))
      shapes += [low, high].map { .line([Point($0, y - 4), Point($0, y + 4)], .ink, width: 1.6) }
    }
    shapes.append(.text(Ticks.percent(value.value), Point(width - 4, y + 5), .ink, size: 13, anchor: .end))
    return shapes
  }
}
