public import PerceptDatasets
import PerceptImages

/// What the pixels of a dataset are like: mean and deviation images, over all and for each class, and histograms of the
/// values before and after normalising.
public struct StatisticsFigure: Sendable, Hashable {
  /// The name of a group of examples, how many there are, and their statistics; the first group is all of them.
  public struct Group: Sendable, Hashable {
    /// "all", or the name of a class.
    public let name: String
    /// How many examples it has.
    public let count: Int
    /// What their pixels are like.
    public let statistics: PixelStatistics
  }

  /// All examples, then each class.
  public let groups: [Group]

  /// The statistics of a dataset and of each of its classes that has examples.
  ///
  /// - Parameter dataset: at least one example.
  /// - Throws: ``FigureError`` when it is empty.
  public init(_ dataset: Dataset) throws {
    guard let all = dataset.statistics() else {
      throw FigureError.nothingToShow(what: "there is not one picture to show")
    }
    groups =
      [Group(name: "all", count: dataset.count, statistics: all)]
      + dataset.classNames.enumerated().compactMap { label, name in
        dataset.statistics(of: label).map { Group(name: name, count: dataset.classCounts[label], statistics: $0) }
      }
  }

  /// Mean and deviation images side by side for each group.
  public var images: Drawing {
    let cells = groups.flatMap { group in
      [
        ImageGrid.Cell(group.statistics.meanImage, title: [group.name, "mean"], caption: ["\(group.count) pictures"]),
        ImageGrid.Cell(
          group.statistics.deviationImage, title: [group.name, "standard deviation"],
          caption: ["white: \(Ticks.label((group.statistics.deviation.max() ?? 0).rounded())) levels"]),
      ]
    }
    return ImageGrid(
      title: "Mean and standard deviation",
      summary: "What the pictures of a class have in common, and where they differ (bright places).", cells: cells,
      columns: min(cells.count, 6), cellWidth: 130
    ).drawing
  }

  /// Histograms of the values 0 … 255 as they are.
  public var histogram: Drawing {
    Chart.histogram(
      groups[0].statistics.histograms, centers: (0..<256).map(Double.init), title: "Before normalising",
      label: "pixel value"
    ).drawing(width: 560, height: 340)
  }

  /// Histograms of (x - mean) / deviation of each feature.
  public var normalizedHistogram: Drawing {
    Chart.histogram(
      groups[0].statistics.normalizedHistograms, centers: PixelStatistics.normalizedCenters, title: "After normalising",
      label: "(pixel - mean) / standard deviation"
    ).drawing(width: 560, height: 340)
  }

  /// All of it on one page.
  public var drawing: Drawing {
    let (top, left, right) = (images, histogram, normalizedHistogram)
    let width = max(top.width, left.width + right.width)
    var drawing = Drawing(
      width: width, height: top.height + left.height, title: "Statistics of the pictures",
      summary: top.summary + " Below, how often each pixel value occurs, before and after normalising.")
    drawing.place(top, at: Point((width - top.width) / 2, 0))
    drawing.place(left, at: Point((width - left.width - right.width) / 2, top.height))
    drawing.place(right, at: Point((width - left.width - right.width) / 2 + left.width, top.height))
    return drawing
  }
}

extension Drawing {
  /// Puts another drawing's shapes into this one.
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
