package import PerceptDatasets
import PerceptImages
import PerceptModels

/// Mean and standard deviation images of a dataset and of each class, and histograms before and after standardization.
package struct StatisticsFigure: Sendable, Hashable {
  package struct Group: Sendable, Hashable {
    /// "all", or the name of a class.
    package let name: String
    package let count: Int
    package let statistics: PixelStatistics
  }

  /// The group of all examples, then one group for each of the first ``Evaluation/mostShownClasses`` classes.
  package let groups: [Group]
  /// Says which classes are shown, if not all are.
  private let selection: String

  /// Throws ``FigureError`` if the dataset is empty. A class without examples gets no group.
  package init(_ dataset: Dataset) throws {
    guard let all = dataset.images.statistics() else {
      throw FigureError.nothingToShow(what: "cannot compute statistics: the dataset contains no images")
    }
    groups =
      [Group(name: "all", count: dataset.count, statistics: all)]
      + dataset.classNames.enumerated().prefix(Evaluation.mostShownClasses).compactMap { label, name in
        dataset.images.statistics(of: label).map {
          Group(name: name, count: dataset.classCounts[label], statistics: $0)
        }
      }
    let (classes, most) = (dataset.classNames.count, Evaluation.mostShownClasses)
    selection = classes > most ? " The first \(most) of \(classes) classes are shown." : ""
  }

  package var images: Drawing {
    let cells = groups.flatMap { group in
      [
        ImageGrid.Cell(
          group.statistics.meanImage, title: [group.name, "mean"], caption: [counted(group.count, "image")]),
        ImageGrid.Cell(
          group.statistics.deviationImage, title: [group.name, "standard deviation"],
          caption: ["white: \(Ticks.label((group.statistics.deviation.max() ?? 0).rounded())) levels"]),
      ]
    }
    return ImageGrid(
      title: "Mean and standard deviation",
      summary: "The mean image of each class, and where its images differ (bright pixels).\(selection)", cells: cells,
      columns: min(cells.count, 6), cellWidth: 130
    ).drawing
  }

  package var histogram: Drawing {
    Chart.histogram(
      groups[0].statistics.histograms, centers: (0..<256).map(Double.init), title: "Before standardization",
      label: "pixel value"
    ).drawing(width: 560, height: 340)
  }

  package var normalizedHistogram: Drawing {
    Chart.histogram(
      groups[0].statistics.normalizedHistograms, centers: PixelStatistics.normalizedCenters,
      title: "After standardization", label: "(pixel − mean) / standard deviation"
    ).drawing(width: 560, height: 340)
  }

  package var drawing: Drawing {
    let (top, left, right) = (images, histogram, normalizedHistogram)
    let width = max(top.width, left.width + right.width)
    var drawing = Drawing(
      width: width, height: top.height + left.height, title: "Pixel statistics",
      summary: top.summary + " Below, histograms of the pixel values before and after standardization.")
    drawing.place(top, at: Point((width - top.width) / 2, 0))
    drawing.place(left, at: Point((width - left.width - right.width) / 2, top.height))
    drawing.place(right, at: Point((width - left.width - right.width) / 2 + left.width, top.height))
    return drawing
  }
}

extension Drawing {
  package mutating func place(_ other: Drawing, at offset: Point) {
    shapes += other.shapes.map { $0.moved(by: offset) }
  }
}

extension Shape {
  fileprivate func moved(by offset: Point) -> Shape {
    func at(_ point: Point) -> Point { Point(point.x + offset.x, point.y + offset.y) }
    func at(_ box: Box) -> Box { Box(x: box.x + offset.x, y: box.y + offset.y, width: box.width, height: box.height) }
    switch self {
    case .line(let points, let role, let width):
      return .line(points.map(at), role, width: width)
    case .arrow(let start, let end, let role): return .arrow(at(start), at(end), role)
    case .rectangle(let box, let role, let radius): return .rectangle(at(box), role, radius: radius)
    case .outline(let box, let role, let radius): return .outline(at(box), role, radius: radius)
    case .disc(let center, let radius, let role): return .disc(at(center), radius: radius, role)
    case .text(let text, let point, let role, let size, let anchor, let isBold, let turned):
      return .text(text, at(point), role, size: size, anchor: anchor, isBold: isBold, turned: turned)
    case .image(let image, let box, let alt): return .image(image, at(box), alt: alt)
    }
  }
}
