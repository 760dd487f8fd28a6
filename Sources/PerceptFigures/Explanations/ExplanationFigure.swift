import PerceptFeatures
import PerceptImages
public import PerceptInterpretation
import PerceptModels

/// A figure of one explained prediction: the image, its attributions, their sum, and the counterfactual.
package struct ExplanationFigure: Sendable, Hashable {
  package let explanation: Explanation
  package let name: String
  private let style: Attributions.MapStyle

  package init(_ explanation: Explanation, name: String, style: Attributions.MapStyle = .smooth) {
    self.explanation = explanation
    self.name = name
    self.style = style
  }

  private static let (width, side, gap) = (920.0, 232.0, 22.0)

  private var imageHeight: Double {
    let image = explanation.image
    return (Self.side * Double(image.height) / Double(image.width)).rounded()
  }

  package var drawing: Drawing {
    let answer = explanation.classNames[explanation.prediction.label]
    let share = Ticks.percent(explanation.prediction.probability)
    let rowHeight = max(imageHeight, 190) + 46
    var drawing = Drawing(
      width: Self.width, height: 52 + 2 * rowHeight - 8, title: "\(Self.cut(name, 70)): \(answer), \(share)",
      summary: "\(explanation.attributionSentence) \(explanation.counterfactualSentence)")
    drawing.shapes = [.text(drawing.title, Point(Self.width / 2, 28), .ink, size: 17, anchor: .middle, isBold: true)]
    drawing.shapes += reasons(top: 52) + counterfactual(top: 52 + rowHeight)
    return drawing
  }

  private func reasons(top: Double) -> [Shape] {
    let kind =
      explanation.hasHiddenLayers
      ? (explanation.attributions.method == .integrated ? "integrated gradients" : "gradient x input")
      : explanation.extractor == .pixels ? "pixel x weight" : "feature x weight"
    let map = explanation.hasPositions ? cell(explanation.attributionImage(style), 1, top, "attributions: \(kind)") : []
    return cell(explanation.image, 0, top, "image, as the model sees it") + map + key(top: top) + sum(top: top)
  }

  private func left(_ column: Int) -> Double { 30 + Double(column) * (Self.side + Self.gap) }

  private func cell(_ image: Image, _ column: Int, _ top: Double, _ caption: String) -> [Shape] {
    let box = Box(x: left(column), y: top + 18, width: Self.side, height: imageHeight)
    return [
      .text(caption, Point(box.x + Self.side / 2, top + 10), .ink, anchor: .middle),
      .image(image, box, alt: caption),
    ]
  }

  private func key(top: Double) -> [Shape] {
    let x = left(2)
    return [
      .rectangle(Box(x: x, y: top + 1, width: 11, height: 11), .evidenceFor, radius: 2),
      .text("for \(Self.cut(explanation.className, 20))", Point(x + 17, top + 10), .ink),
      .rectangle(Box(x: x + 190, y: top + 1, width: 11, height: 11), .evidenceAgainst, radius: 2),
      .text("for \(Self.cut(explanation.otherName, 20))", Point(x + 207, top + 10), .ink),
    ]
  }

  /// A waterfall chart: each term is a bar that begins where the previous one ended, and z is a bar from 0.
  private func sum(top: Double) -> [Shape] {
    let (x, width) = (left(2), Self.width - 30 - left(2))
    var (ends, at): ([(Double, Double)], Double) = ([], 0)
    for summand in explanation.summands {
      ends.append((at, at + summand.value))
      at += summand.value
    }
    ends.append((0, explanation.attributions.logit))
    let numbers: [Double] = ends.map(\.0) + ends.map(\.1)
    let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 1)
    func place(_ value: Double) -> Double { x + (value - low) / max(high - low, .leastNormalMagnitude) * width }
    let names = explanation.summands.map(\.name) + ["total: z for \(explanation.className)"]
    let step = 41.0
    var shapes: [Shape] = []
    for (row, (from, to)) in ends.enumerated() {
      let (y, isLast) = (top + 24 + step * Double(row), row == names.count - 1)
      let role: Role = to >= from ? .evidenceFor : .evidenceAgainst
      shapes.append(
        .rectangle(
          Box(
            x: min(place(from), place(to)), y: y + 19, width: max(abs(place(to) - place(from)), to == from ? 0 : 1),
            height: 13), role,
          radius: 2))
      shapes.append(.line([Point(place(0), y + 17), Point(place(0), y + 34)], .muted, width: 1))
      shapes.append(.text(Self.cut(names[row], 44), Point(x, y + 14), .ink, isBold: isLast))
      shapes.append(
        .text(Explanation.signed(to - from), Point(x + width, y + 14), .ink, anchor: .end, isBold: isLast))
    }
    return shapes
  }

  private func counterfactual(top: Double) -> [Shape] {
    var shapes: [Shape] = []
    if let counterfactual = explanation.counterfactual {
      let (image, factor) = counterfactual.difference
      shapes +=
        cell(
          counterfactual.image, 0, top,
          "counterfactual: \(Self.cut(explanation.classNames[counterfactual.prediction.label], 10)), \(Ticks.percent(counterfactual.prediction.probability))"
        )
        + cell(image, 1, top, "difference, \(factor == 1 ? "not amplified" : "amplified \(factor) times")")
    }
    if let occlusion = explanation.occlusion {
      let other = Self.cut(explanation.classNames[occlusion.prediction.label], 10)
      shapes += cell(occlusion.image, 0, top, "occlusion: \(other), \(Ticks.percent(occlusion.prediction.probability))")
      if explanation.hasPositions {
        shapes += cell(
          explanation.attributionImage(style == .smooth ? .grid : .smooth), 1, top,
          style == .smooth ? "attributions of each square" : "attributions, drawn smoothly")
      }
    }
    let lines =
      Self.wrapped(explanation.counterfactualSentence, 54) + [""]
      + regionLines(true) + regionLines(false)
    let x = shapes.isEmpty ? left(0) : left(2)
    return shapes + lines.enumerated().map { .text($1, Point(x, top + 30 + 19 * Double($0)), .ink) }
  }

  private func regionLines(_ isFor: Bool) -> [String] {
    // Keep a name and its number on one line.
    let regions = explanation.regions(for: isFor).map { $0.replacing(" ", with: "\u{A0}") }
    guard !regions.isEmpty else { return [] }
    return Self.wrapped(
      "Most evidence for \(isFor ? explanation.className : explanation.otherName): \(regions.joined(separator: ", ")).",
      54)
  }

  private static func cut(_ text: String, _ count: Int) -> String {
    text.count <= count ? text : text.prefix(count - 1) + "…"
  }

  /// Breaks text between words into lines of at most a number of characters.
  private static func wrapped(_ text: String, _ count: Int) -> [String] {
    text.split(separator: " ").reduce(into: [String]()) { lines, word in
      if let last = lines.last, last.count + word.count < count {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
  }
}

extension Drawing {
  /// Stacks drawings from top to bottom. The result has the title of the first.
  package static func stacked(_ drawings: [Drawing]) -> Drawing {
    var all = Drawing(
      width: drawings.map(\.width).max() ?? 0, height: drawings.reduce(0) { $0 + $1.height },
      title: drawings.first?.title ?? "", summary: drawings.map(\.summary).joined(separator: " "))
    var y = 0.0
    for drawing in drawings {
      all.place(drawing, at: Point(((all.width - drawing.width) / 2).rounded(), y))
      y += drawing.height
    }
    return all
  }
}

extension Explanation {
  /// The image, the attributions of its pixels, and the smallest change found that flips the answer.
  public var figure: Drawing { ExplanationFigure(self, name: "image").drawing }
}
