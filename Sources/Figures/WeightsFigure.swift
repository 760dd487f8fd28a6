import Classification
import Images
public import Interpretation

/// A neuron's weights as pictures: each channel and their mean, in diverging colours with one scale for all.
public struct WeightsFigure: Sendable, Hashable {
  /// The weights.
  public let weights: WeightsImage
  /// What the negative and the positive weights speak for.
  public let classNames: [String]

  /// A figure of weights.
  ///
  /// - Parameters:
  ///   - weights: the weights.
  ///   - classNames: the names of class 0 and class 1.
  public init(_ weights: WeightsImage, classNames: [String]) {
    self.weights = weights
    self.classNames = classNames
  }

  /// The pictures of the weights, without their scale.
  public var grid: ImageGrid {
    let limit = weights.limit
    let names = weights.planes.count == 1 ? [] : ["red", "green", "blue"]
    var cells = zip(names, weights.planes).map { name, plane in
      ImageGrid.Cell(weights.picture(of: plane, limit: limit), title: [name])
    }
    let title = names.isEmpty ? "gray" : "mean of the three"
    cells.append(ImageGrid.Cell(weights.picture(of: weights.mean, limit: limit), title: [title]))
    return ImageGrid(
      title: "What each pixel counts",
      summary: "Bright pixels in red places speak for \(classNames[1]), in blue places for \(classNames[0]); "
        + "pale places hardly count.", cells: cells, columns: 4, cellWidth: names.isEmpty ? 260 : 170)
  }

  /// What the colours mean.
  public var scale: Drawing {
    let steps = 301
    let (length, left) = (300.0, 30.0)
    let pixels = (0..<steps).flatMap { WeightsImage.color(Double($0) / Double(steps - 1) * 2 - 1) }
    let bar = Image(width: steps, height: 1, color: .rgb, pixels: pixels)
    let limit = Ticks.significant(weights.limit, digits: 3)
    var drawing = Drawing(
      width: length + 2 * left, height: 58, title: "Colours of the weights",
      summary: "From blue at \(Ticks.label(-limit)) over white at 0 to red at \(Ticks.label(limit)).")
    drawing.shapes = [
      .picture(bar, Box(x: left, y: 4, width: length, height: 14), alt: drawing.summary),
      .text("for \(classNames[0])", Point(left, 52), .ink, size: 12),
      .text("for \(classNames[1])", Point(left + length, 52), .ink, size: 12, anchor: .end),
    ]
    drawing.shapes += [(0.0, -limit), (0.5, 0), (1, limit)].map { share, value in
      .text(Ticks.label(value), Point(left + length * share, 35), .muted, size: 12, anchor: .middle)
    }
    return drawing
  }

  /// Pictures and scale as a drawing.
  public var drawing: Drawing {
    let (pictures, scale) = (grid.drawing, scale)
    let width = max(pictures.width, scale.width)
    var drawing = Drawing(
      width: width, height: pictures.height + scale.height, title: pictures.title, summary: pictures.summary)
    drawing.place(pictures, at: Point((width - pictures.width) / 2, 0))
    drawing.place(scale, at: Point((width - scale.width) / 2, pictures.height))
    return drawing
  }
}
