import PerceptDatasets
package import PerceptFeatures
package import PerceptImages
package import PerceptInterpretation
import PerceptModels

/// The computation graph of a neuron: forward from the image to the cost, backward from the cost to the gradients.
package struct GraphFigure: Sendable, Hashable {
  /// The numbers of one image. If nil, only formulas are drawn.
  private let steps: BackpropagationTrace?
  private let input: GraphInput
  private let classNames: [String]

  package init(
    inputs: Int, of extractor: FeatureExtractor = .pixels, classNames: [String], steps: BackpropagationTrace? = nil,
    image: Image? = nil
  ) {
    input = GraphInput(count: inputs, extractor: extractor, image: image)
    self.classNames = classNames
    self.steps = steps
  }

  private static let (forward, backward) = (GraphInput.forward, GraphInput.backward)

  package var drawing: Drawing {
    let outcome = steps.map { "z = \(short($0.logit)), a = \(short($0.activation)), cost \(short($0.cost))" }
    var drawing = Drawing(
      width: 920, height: 400, title: "Forward and backward propagation",
      summary:
        "The \(input.noun) X are multiplied by the weights W and summed with the bias b to z, the sigmoid of z is a, and the cost J "
        + "compares a with the label y; the gradients flow back the same way."
        + (outcome.map { " For this image " + $0 + "." } ?? ""))
    drawing.shapes = [.text(drawing.title, Point(460, 30), .ink, size: 17, anchor: .middle, isBold: true)]
    drawing.shapes += input.shapes(middle: 165) + nodes + forwardArrows + backwardArrows
    drawing.shapes += GraphInput.legend(y: 368, middle: 460)
    return drawing
  }

  private var nodes: [Shape] {
    node("Σ", "z = W·X + b", steps.map { "z = \(short($0.logit))" }, x: 330)
      + node("σ", "a = σ(z)", steps.map { "a = \(short($0.activation))" }, x: 560)
      + node("J", "−y log a − (1 − y) log(1 − a)", steps.map { "J = \(short($0.cost))" }, x: 790)
      + [
        .text("W, b", Point(330, 78), .ink, size: 15, anchor: .middle, isBold: true),
        .text("y", Point(790, 78), .ink, size: 15, anchor: .middle, isBold: true),
        .text(
          steps.map { "\($0.label): \(GraphInput.fitted(classNames[$0.label], 14))" }
            ?? "0: \(GraphInput.fitted(classNames[0], 6)), 1: \(GraphInput.fitted(classNames[1], 6))", Point(806, 78),
          .muted,
          size: 12),
        .arrow(Point(330, 86), Point(330, 128), Self.forward),
        .arrow(Point(790, 86), Point(790, 128), Self.forward),
      ]
      + (steps.map { [.text("b = \(short($0.bias))", Point(356, 78), .muted, size: 12)] } ?? [])
  }

  private func node(_ symbol: String, _ formula: String, _ value: String?, x: Double) -> [Shape] {
    [
      .disc(Point(x, 165), radius: 36, .panel),
      .text(symbol, Point(x, 174), .ink, size: 26, anchor: .middle, isBold: true),
      .text(formula, Point(x, 224), .ink, size: 13, anchor: .middle),
    ] + (value.map { [.text($0, Point(x, 244), Self.forward, size: 14, anchor: .middle, isBold: true)] } ?? [])
  }

  private var forwardArrows: [Shape] {
    [
      .arrow(Point(142, 165), Point(292, 165), Self.forward),
      .arrow(Point(368, 165), Point(522, 165), Self.forward),
      .arrow(Point(598, 165), Point(752, 165), Self.forward),
      .text(
        steps.map { "W·X = \(short($0.product))" } ?? "W·X", Point(217, 155), Self.forward, size: 12,
        anchor: .middle),
      .text(steps.map { short($0.logit) } ?? "z", Point(445, 155), Self.forward, size: 12, anchor: .middle),
      .text(steps.map { short($0.activation) } ?? "a", Point(675, 155), Self.forward, size: 12, anchor: .middle),
    ]
  }

  private var backwardArrows: [Shape] {
    let y = 296.0
    let gradient = steps.map { short($0.logitGradient) }
    return [
      .line([Point(790, 254), Point(790, y)], Self.backward, width: 1.6),
      .arrow(Point(790, y), Point(570, y), Self.backward),
      .arrow(Point(550, y), Point(340, y), Self.backward),
      .arrow(Point(320, y), Point(100, y), Self.backward),
      .text("dJ/da = (a − y) / (a (1 − a))", Point(675, y - 10), Self.backward, size: 12, anchor: .middle),
      .text(
        steps.map { "= \(short($0.activationGradient))" } ?? "", Point(675, y + 20), Self.backward, size: 12,
        anchor: .middle),
      .text(
        "dJ/dz = a − y" + (gradient.map { " = \($0)" } ?? ""), Point(445, y - 10), Self.backward, size: 12,
        anchor: .middle),
      .text("dJ/dW = (a − y)·X", Point(210, y - 10), Self.backward, size: 12, anchor: .middle),
      .text(
        steps.map { "length \(short($0.weightGradientLength))" } ?? "", Point(210, y + 20), Self.backward,
        size: 12,
        anchor: .middle),
      .text(
        "dJ/db = a − y" + (gradient.map { " = \($0)" } ?? ""), Point(445, y + 20), Self.backward, size: 12,
        anchor: .middle),
    ]
  }

  private func short(_ value: Double) -> String { Ticks.label(Ticks.significant(value, digits: 4)) }
}
