import PerceptDatasets
package import PerceptModels

/// The number of images for each pair of label and predicted class.
package struct ConfusionMatrix: Sendable, Hashable {
  package let classNames: [String]
  /// Indexed as `counts[label][prediction]`.
  package let counts: [[Int]]

  package init(_ evaluation: Evaluation) {
    classNames = evaluation.classNames
    counts = evaluation.confusion
  }

  /// One row per label, one column per prediction, darker for a larger share of the row.
  package var drawing: Drawing {
    let (side, left, top) = (92.0, 150.0, 104.0)
    let size = Double(classNames.count) * side
    var drawing = Drawing(
      width: left + size + 40, height: top + size + 30, title: "Confusion matrix",
      summary: "Each row is a label, each column a prediction; correct answers are on the diagonal. "
        + classNames.indices.map { "\(classNames[$0]): \(counts[$0][$0]) of \(counts[$0].reduce(0, +)) correct." }
        .joined(separator: " "))
    drawing.shapes = [
      .text(drawing.title, Point((left + size + 40) / 2, 28), .ink, size: 17, anchor: .middle, isBold: true),
      .text("predicted", Point(left + size / 2, 62), .muted, anchor: .middle),
      .text("true", Point(24, top + size / 2 + 4), .muted),
    ]
    for (row, name) in classNames.enumerated() {
      let short = name.count > 13 ? name.prefix(12) + "…" : name[...]
      let middle = (Double(row) + 0.5) * side
      drawing.shapes.append(.text(String(short), Point(left - 12, top + middle + 5), .ink, anchor: .end))
      drawing.shapes.append(.text(String(short), Point(left + middle, top - 12), .ink, anchor: .middle))
      for column in classNames.indices {
        let box = Box(
          x: left + Double(column) * side + 2, y: top + Double(row) * side + 2, width: side - 4, height: side - 4)
        drawing.shapes += cell(row, column, box)
      }
    }
    return drawing
  }

  private func cell(_ row: Int, _ column: Int, _ box: Box) -> [Shape] {
    let total = max(counts[row].reduce(0, +), 1)
    let share = Double(counts[row][column]) / Double(total)
    // From near white to blue (correct) or red (wrong), both dark enough for white text.
    let end = row == column ? [0.0, 84, 147] : [160.0, 40, 40]
    let color = end.map { UInt8((244 + ($0 - 244) * share).rounded()) }
    let hex = "#" + color.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let ink = Role.fixed(share > 0.5 ? "#ffffff" : "#1b1b1b")
    let middle = Point(box.x + box.width / 2, box.y + box.height / 2)
    return [
      .rectangle(box, .fixed(hex), radius: 6),
      .text("\(counts[row][column])", Point(middle.x, middle.y + 3), ink, size: 24, anchor: .middle, isBold: true),
      .text("\(Int((100 * share).rounded())) %", Point(middle.x, middle.y + 24), ink, size: 12, anchor: .middle),
    ]
  }
}
