import PerceptDatasets
package import PerceptFeatures
package import PerceptImages
package import PerceptInterpretation
import PerceptModels

/// The computation graph of a layer with one neuron per class and softmax: forward from the image to the cost, backward
/// from the cost to the gradients.
package struct SoftmaxGraphFigure: Sendable, Hashable {
  private let input: GraphInput
  private let classNames: [String]
  /// The numbers of one image. If nil, only formulas are drawn.
  private let steps: SoftmaxTrace?
  /// The classes that are drawn.
  private let shown: [Int]

  private static let mostShown = 6
  private static let rowHeight = 54.0
  private static let top = 62.0

  package init(
    inputs: Int, of extractor: FeatureExtractor = .pixels, classNames: [String], steps: SoftmaxTrace? = nil,
    image: Image? = nil
  ) {
    input = GraphInput(count: inputs, extractor: extractor, image: image)
    self.classNames = classNames
    self.steps = steps
    shown = steps?.mainClasses(atMost: Self.mostShown) ?? Array(classNames.indices.prefix(Self.mostShown))
  }

  private var bottom: Double { Self.top + Self.rowHeight * Double(shown.count) }
  private var middle: Double { (Self.top + bottom) / 2 }
  private func y(_ row: Int) -> Double { Self.top + Self.rowHeight * (Double(row) + 0.5) }

  /// The row of the label; without an image, the first.
  private var labelRow: Int { steps.flatMap { shown.firstIndex(of: $0.label) } ?? 0 }

  private static let (forward, backward) = (GraphInput.forward, GraphInput.backward)

  package var drawing: Drawing {
    let outcome = steps.map {
      " For this image, the probability of its label \(classNames[$0.label]) is \(short($0.activations[$0.label])), and the "
        + "cost is \(short($0.cost))."
    }
    var drawing = Drawing(
      width: 980, height: bottom + 160, title: "Forward and backward propagation",
      summary:
        "Each class has weights W and a bias b, which turn the \(input.noun) X into its z. Softmax turns all z into "
        + "probabilities a, and the cost J is the negative logarithm of that of the label y. The gradients flow back the "
        + "same way.\(outcome ?? "")")
    drawing.shapes = [.text(drawing.title, Point(490, 30), .ink, size: 17, anchor: .middle, isBold: true)]
    drawing.shapes += input.shapes(middle: middle) + shown.indices.flatMap(row) + softmax + cost + backward
    drawing.shapes += GraphInput.legend(y: bottom + 134, middle: 490)
    return drawing
  }

  /// A class: its neuron, its z, its probability, and the gradient of its z.
  private func row(_ row: Int) -> [Shape] {
    let (label, y) = (shown[row], y(row))
    let isLabel = steps?.label == label
    var shapes: [Shape] = [
      .arrow(Point(142, middle + (y - middle) / 4), Point(236, y), Self.forward),
      .disc(Point(257, y), radius: 19, .panel),
      .text("Σ", Point(257, y + 6), .ink, size: 18, anchor: .middle, isBold: true),
      .text(
        GraphInput.fitted(classNames[label], 16), Point(286, y - 4), .ink, size: 13, isBold: isLabel),
      .text(
        steps.map { "z = \(short($0.logits[label]))" } ?? "z = W·X + b", Point(286, y + 14), Self.forward,
        size: 13),
      .arrow(Point(400, y), Point(448, y), Self.forward),
      .arrow(Point(500, y), Point(530, y), Self.forward),
    ]
    if let steps {
      let share = steps.activations[label]
      shapes += [
        .rectangle(Box(x: 540, y: y - 17, width: 110, height: 9), .panel),
        .rectangle(Box(x: 540, y: y - 17, width: 110 * share, height: 9), Self.forward),
        .text("a = \(short(share))", Point(540, y + 7), Self.forward, size: 13),
        .text("dJ/dz = \(short(steps.logitGradients[label]))", Point(540, y + 23), Self.backward, size: 12),
      ]
    } else {
      shapes += [
        .text("a", Point(540, y + 4), Self.forward, size: 13),
        .text("dJ/dz = a − y", Point(560, y + 4), Self.backward, size: 12),
      ]
    }
    return shapes
  }

  private var softmax: [Shape] {
    let hidden = classNames.count - shown.count
    let box = Box(x: 452, y: Self.top + 4, width: 44, height: bottom - Self.top - 8)
    let title = Shape.text(
      "softmax", Point(480, middle), .ink, size: 15, anchor: .middle, isBold: true, turned: -90)
    guard hidden > 0 else { return [.rectangle(box, .panel, radius: 10), title] }
    return [
      .rectangle(box, .panel, radius: 10), title,
      .text("and \(counted(hidden, "other class"))", Point(286, bottom + 14), .muted, size: 12),
    ]
  }

  /// The cost of the label's probability.
  private var cost: [Shape] {
    let (x, y) = (850.0, y(labelRow))
    let name = steps.map { GraphInput.fitted(classNames[$0.label], 18) } ?? "the label"
    let below = [
      Shape.text("J = −log a of the label", Point(x, middle + 58), .ink, size: 13, anchor: .middle)
    ]
    return [
      .arrow(Point(672, y), Point(x - 40, middle + (y - middle) / 4), Self.forward),
      .disc(Point(x, middle), radius: 34, .panel),
      .text("J", Point(x, middle + 9), .ink, size: 26, anchor: .middle, isBold: true),
      .text("y", Point(x, middle - 72), .ink, size: 15, anchor: .middle, isBold: true),
      .text(name, Point(x + 12, middle - 72), .muted, size: 12),
      .arrow(Point(x, middle - 64), Point(x, middle - 37), Self.forward),
    ] + below
      + (steps.map {
        [
          .text(
            "J = \(short($0.cost))", Point(x, middle + 80), Self.forward, size: 14, anchor: .middle, isBold: true)
        ]
      } ?? [])
  }

  private var backward: [Shape] {
    let y = bottom + 62
    func label(_ text: String, _ x: Double, _ dy: Double) -> Shape {
      .text(text, Point(x, y + dy), Self.backward, size: 12, anchor: .middle)
    }
    return [
      .line([Point(850, middle + 92), Point(850, y)], Self.backward, width: 1.6),
      .arrow(Point(850, y), Point(500, y), Self.backward),
      .arrow(Point(480, y), Point(280, y), Self.backward),
      .arrow(Point(260, y), Point(85, y), Self.backward),
      label("dJ/dz = a − y; y is 1 for the label, otherwise 0", 675, -10),
      label("dJ/db = a − y", 380, -10), label("dJ/dW = (a − y)·X", 172, -10),
      label(steps.map { "length \(short($0.weightGradientLength))" } ?? "", 172, 20),
    ]
  }

  private func short(_ value: Double) -> String { Ticks.label(Ticks.significant(value, digits: 4)) }
}
