import PerceptDatasets
package import PerceptModels

/// The number of images for each pair of label and predicted class. Of more than ``Evaluation/mostShownClasses``
/// classes, it shows only those with the most errors.
package struct ConfusionMatrix: Sendable, Hashable {
  /// The names of the classes that are shown, of many classes those with the most errors first.
  package let classNames: [String]
  /// Indexed as `counts[label][prediction]`. If not all classes are shown, each row ends with the number of images
  /// predicted as one of the others.
  package let counts: [[Int]]
  /// The number of classes, including those that are not shown.
  package let classCount: Int

  package init(_ evaluation: Evaluation) {
    classCount = evaluation.classNames.count
    guard classCount > Evaluation.mostShownClasses else {
      classNames = evaluation.classNames
      counts = evaluation.confusion
      return
    }
    let worst = evaluation.classMetrics.sorted { ($1.errors, $0.label) < ($0.errors, $1.label) }
      .prefix(Evaluation.mostShownClasses)
    classNames = worst.map(\.name)
    counts = evaluation.confusion(of: worst.map(\.label))
  }

  var showsAllClasses: Bool { classNames.count == classCount }

  private var title: String {
    showsAllClasses ? "Confusion matrix" : "Confusion matrix of the \(classNames.count) classes with the most errors"
  }

  private var summary: String {
    let selection =
      showsAllClasses
      ? ""
      : "The \(classNames.count) of \(classCount) classes with the most errors (misclassified images of the class or "
        + "predicted as it), most errors first. The last column counts the predictions of all other classes; empty "
        + "cells are 0. "
    return selection + "Each row is a label, each column a prediction; correct answers are on the diagonal. "
      + classNames.indices.map { "\(classNames[$0]): \(counts[$0][$0]) of \(counts[$0].reduce(0, +)) correct." }
      .joined(separator: " ")
  }

  /// The width of a cell. A part of a matrix has smaller cells, and the names of its columns are turned.
  private var side: Double { showsAllClasses ? 92 : 48 }

  /// The top of the first row.
  private var top: Double { showsAllClasses ? 104 : 190 }

  /// One row per label, one column per prediction, darker for a larger share of the row.
  package var drawing: Drawing {
    let left = 150.0
    let columns = counts.map(\.count).max() ?? 0
    let (width, height) = (Double(columns) * side, Double(counts.count) * side)
    var drawing = Drawing(width: left + width + 40, height: top + height + 30, title: title, summary: summary)
    drawing.shapes = [
      .text(drawing.title, Point((left + width + 40) / 2, 28), .ink, size: 17, anchor: .middle, isBold: true),
      .text("predicted", Point(left + width / 2, 62), .muted, anchor: .middle),
      .text("true", Point(24, top + height / 2 + 4), .muted),
    ]
    for (row, name) in classNames.enumerated() {
      let middle = (Double(row) + 0.5) * side
      drawing.shapes.append(.text(short(name), Point(left - 12, top + middle + 5), .ink, anchor: .end))
      drawing.shapes.append(columnLabel(name, x: left + middle, y: top - 12))
      for column in 0..<columns {
        let box = Box(
          x: left + Double(column) * side + 2, y: top + Double(row) * side + 2, width: side - 4, height: side - 4)
        drawing.shapes += cell(row, column, box)
      }
    }
    if !showsAllClasses {
      drawing.shapes.append(columnLabel("other classes", x: left + width - side / 2, y: top - 12))
    }
    return drawing
  }

  private func short(_ name: String) -> String { name.count > 13 ? "\(name.prefix(12))…" : name }

  private func columnLabel(_ name: String, x: Double, y: Double) -> Shape {
    showsAllClasses
      ? .text(short(name), Point(x, y), .ink, anchor: .middle) : .text(short(name), Point(x + 4, y), .ink, turned: -90)
  }

  private func cell(_ row: Int, _ column: Int, _ box: Box) -> [Shape] {
    let (count, total) = (counts[row][column], max(counts[row].reduce(0, +), 1))
    let share = Double(count) / Double(total)
    // From near white to blue (correct) or red (wrong), both dark enough for white text.
    let end = row == column ? [0.0, 84, 147] : [160.0, 40, 40]
    let color = end.map { UInt8((244 + ($0 - 244) * share).rounded()) }
    let hex = "#" + color.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let ink = Role.fixed(share > 0.5 ? "#ffffff" : "#1b1b1b")
    let middle = Point(box.x + box.width / 2, box.y + box.height / 2)
    let background = Shape.rectangle(box, .fixed(hex), radius: 6)
    guard showsAllClasses else {
      guard count > 0 else { return [background] }
      return [
        background, .text("\(count)", Point(middle.x, middle.y + 5), ink, size: 15, anchor: .middle, isBold: true),
      ]
    }
    return [
      background,
      .text("\(count)", Point(middle.x, middle.y + 3), ink, size: 24, anchor: .middle, isBold: true),
      .text("\(Int((100 * share).rounded())) %", Point(middle.x, middle.y + 24), ink, size: 12, anchor: .middle),
    ]
  }
}
