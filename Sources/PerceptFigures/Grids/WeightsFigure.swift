import PerceptFeatures
import PerceptImages
import PerceptInterpretation
package import PerceptModels

/// The weights of the first layer as images in diverging colors with a common scale. A single neuron also shows each channel.
package struct WeightsFigure: Sendable, Hashable {
  /// The images, without the color scale.
  package let grid: ImageGrid
  private let limit: Double
  private let meanings: Meanings

  private struct Meanings: Hashable {
    let negative: String
    let positive: String

    init(_ negative: String, _ positive: String) { (self.negative, self.positive) = (negative, positive) }
  }

  /// The maximum number of units shown, unless they are chosen.
  private static let most = 64

  /// Shows the first units of the first layer, at most 64, or those with the indices `units`.
  package init(_ classifier: Classifier, units: [Int]? = nil) {
    let layer = classifier.network.layers[0]
    let names = classifier.classNames
    if layer.bias.count == 1, classifier.network.layers.count == 1 {
      let weights = WeightsImage(of: classifier)
      limit = weights.limit
      meanings = Meanings("for \(names[0])", "for \(names[1])")
      grid = Self.grid(ofNeuron: weights, names, classifier.preprocessing.extractor)
      return
    }
    let shown = units ?? Array(0..<min(layer.bias.count, Self.most))
    let images = shown.map { WeightsImage(of: classifier, unit: $0) }
    let largest = images.reduce(0) { max($0, $1.mean.reduce(0) { max($0, abs($1)) }) }
    let isLast = classifier.network.layers.count == 1
    limit = largest
    meanings =
      isLast ? Meanings("against the class", "for the class") : Meanings("inhibits the unit", "excites the unit")
    let cells = zip(shown, images).map { unit, image in
      ImageGrid.Cell(
        image.image(of: image.mean, limit: largest), title: [isLast ? names[unit] : "unit \(unit + 1)"])
    }
    let isCut = units == nil && layer.bias.count > shown.count
    let more = isCut ? " Showing the first \(shown.count) of \(layer.bias.count) \(isLast ? "classes" : "units")." : ""
    grid = ImageGrid(
      title: isLast ? "Weights of each class" : "Weights of the first layer",
      summary: Self.meaning(
        classifier.preprocessing.extractor, isLast ? "are evidence for the class" : "excite the unit",
        isLast ? "against it" : "inhibit it") + more,
      cells: cells, columns: isLast ? 5 : 8, cellWidth: isLast ? 130 : 84)
  }

  /// What the colors of weights mean: `red` and `blue` are the ends of sentences.
  private static func meaning(_ extractor: FeatureExtractor, _ red: String, _ blue: String) -> String {
    switch extractor {
    case .pixels:
      "Bright pixels at red positions \(red), at blue positions \(blue); pale positions have weights near 0."
    case .hog:
      "Edges in the direction and at the place of red lines \(red), of blue lines \(blue); pale lines have weights near "
        + "0. The weights of colors are not shown."
    case .backbone:
      "Each square is the weight of one feature of \(extractor.name): features with red squares \(red), with blue squares "
        + "\(blue)."
    }
  }

  private static func grid(
    ofNeuron weights: WeightsImage, _ classNames: [String], _ extractor: FeatureExtractor
  ) -> ImageGrid {
    let names = weights.planes.count == 1 ? [] : ["red", "green", "blue"]
    var cells = zip(names, weights.planes).map { name, plane in
      ImageGrid.Cell(weights.image(of: plane, limit: weights.limit), title: [name])
    }
    let title =
      switch extractor {
      case .pixels: names.isEmpty ? "gray" : "mean of the channels"
      case .hog: "edges"
      case .backbone: "features of \(extractor.name)"
      }
    cells.append(ImageGrid.Cell(weights.image(of: weights.mean, limit: weights.limit), title: [title]))
    return ImageGrid(
      title: "Weights of the neuron",
      summary: meaning(extractor, "are evidence for \(classNames[1])", "for \(classNames[0])"), cells: cells,
      columns: 4,
      cellWidth: names.isEmpty ? 260 : 170)
  }

  package var scale: Drawing {
    let steps = 301
    let (length, left) = (300.0, 30.0)
    let pixels = (0..<steps).flatMap { WeightsImage.color(Double($0) / Double(steps - 1) * 2 - 1) }
    let bar = Image(width: steps, height: 1, color: .rgb, pixels: pixels)
    let limit = Ticks.significant(limit, digits: 3)
    var drawing = Drawing(
      width: length + 2 * left, height: 58, title: "Color scale of the weights",
      summary: "From blue at \(Ticks.label(-limit)) through white at 0 to red at \(Ticks.label(limit)).")
    drawing.shapes = [
      .image(bar, Box(x: left, y: 4, width: length, height: 14), alt: drawing.summary),
      .text(meanings.negative, Point(left, 52), .ink, size: 12),
      .text(meanings.positive, Point(left + length, 52), .ink, size: 12, anchor: .end),
    ]
    drawing.shapes += [(0.0, -limit), (0.5, 0), (1, limit)].map { share, value in
      .text(Ticks.label(value), Point(left + length * share, 35), .muted, size: 12, anchor: .middle)
    }
    return drawing
  }

  package var drawing: Drawing {
    let (images, scale) = (grid.drawing, scale)
    let width = max(images.width, scale.width)
    var drawing = Drawing(
      width: width, height: images.height + scale.height, title: images.title, summary: images.summary)
    drawing.place(images, at: Point((width - images.width) / 2, 0))
    drawing.place(scale, at: Point((width - scale.width) / 2, images.height))
    return drawing
  }
}
