package struct Chart: Sendable, Hashable {
  package enum Scale: String, Sendable, Hashable {
    case linear
    /// Logarithmic. Only positive numbers are drawn.
    case logarithmic
    /// Logarithmic, with 0 drawn one decade below the smallest power of ten.
    case logarithmicFromZero

    /// Whether a number has a position on the axis.
    func shows(_ value: Double) -> Bool {
      switch self {
      case .linear: value.isFinite
      case .logarithmic: value.isFinite && value > 0
      case .logarithmicFromZero: value.isFinite && value >= 0
      }
    }
  }

  /// A curve, named in the legend.
  package struct Series: Sendable, Hashable {
    package let name: String
    package let points: [(x: Double, y: Double)]
    /// The error bar of each point, or empty for none. A point with an error bar is also drawn as a dot.
    package var bars: [Bar] = []
    /// The color. If nil, the position among the series determines it.
    package var role: Role?

    package init(name: String, points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points
    }

    /// Ignores the color. Not synthesized, because tuples are not `Hashable`.
    package static func == (a: Series, b: Series) -> Bool {
      a.name == b.name && a.bars == b.bars && a.points.elementsEqual(b.points) { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) {
      hasher.combine(name)
      for point in points {
        hasher.combine(point.x)
        hasher.combine(point.y)
      }
    }
  }

  package struct Bar: Sendable, Hashable {
    package let low: Double
    package let high: Double

    package init(low: Double, high: Double) { (self.low, self.high) = (low, high) }
  }

  package var title: String
  package var summary: String
  package var xLabel: String
  package var yLabel: String
  /// The curves. Two or more get a legend.
  package var series: [Series]
  /// Marked points, drawn behind the curves. Where they are dense, some are left out.
  package var marks: [Mark] = []
  package var markLabel = ""
  package var xScale = Scale.linear
  package var yScale = Scale.linear
  /// The ranges of linear axes. If nil, they fit the points.
  package var xRange: ClosedRange<Double>?
  package var yRange: ClosedRange<Double>?

  package struct Mark: Sendable, Hashable {
    package let x: Double
    package let y: Double
  }

  package init(title: String, summary: String, xLabel: String, yLabel: String, series: [Series]) {
    self.title = title
    self.summary = summary
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
  }

  /// The width of the margin for the labels of the vertical axis.
  private static let left = 76.0

  /// The upper and lower end of the plot in a drawing of this size, as fractions of its height.
  package func plotArea(width: Double, height: Double) -> (top: Double, bottom: Double) {
    let legendHeight = legend(from: Point(Self.left, 52), to: width - 24).height
    let whole = height + max(0, legendHeight - 66)
    return ((48 + legendHeight) / whole, (whole - 60) / whole)
  }

  /// Draws the chart, `width` x `height` pixels. A legend of more than three rows increases the height.
  package func drawing(width: Double = 720, height: Double = 400) -> Drawing {
    let (legend, legendHeight) = legend(from: Point(Self.left, 52), to: width - 24)
    let height = height + max(0, legendHeight - 66)
    var drawing = Drawing(width: width, height: height, title: title, summary: summary)
    let area = Box(
      x: Self.left, y: 48 + legendHeight, width: width - Self.left - 24, height: height - 108 - legendHeight)
    let frame = ChartFrame(self, area)
    drawing.shapes.append(.text(title, Point(width / 2, 26), .ink, size: 17, anchor: .middle, isBold: true))
    drawing.shapes += legend
    drawing.shapes += frame.axes(xLabel: xLabel, yLabel: yLabel)
    drawing.shapes += frame.discs(at: marks)
    for (index, series) in series.enumerated() {
      let role = series.role ?? .series(index)
      drawing.shapes += frame.runs(of: series).map { .line($0, role, width: 2.2) }
      drawing.shapes += frame.bars(of: series, role)
    }
    return drawing
  }

  /// Returns the horizontal positions of values in the drawing, as fractions of its width.
  package func places(of values: [Double], width: Double) -> [Double] {
    let frame = ChartFrame(self, Box(x: Self.left, y: 0, width: width - Self.left - 24, height: 1))
    return values.map { frame.xPlace($0) / width }
  }

  /// The legend: the names of the series and the label of the marks, in rows of 22 pixels.
  private func legend(from start: Point, to right: Double) -> (shapes: [Shape], height: Double) {
    var entries: [(name: String, role: Role, isMark: Bool)] =
      series.count > 1 ? series.enumerated().map { ($1.name, $1.role ?? .series($0), false) } : []
    if !marks.isEmpty { entries.append((markLabel, .accent, true)) }
    var shapes: [Shape] = []
    var at = start
    for (name, role, isMark) in entries {
      let end = at.x + 28 + 6.2 * Double(name.count)
      if end > right, at.x > start.x { at = Point(start.x, at.y + 22) }
      shapes.append(
        isMark
          ? .disc(Point(at.x + 11, at.y - 4), radius: 3.2, role)
          : .line([Point(at.x, at.y - 4), Point(at.x + 22, at.y - 4)], role, width: 3))
      shapes.append(.text(name, Point(at.x + 28, at.y), .ink, size: 12))
      at.x += 46 + 6.2 * Double(name.count)
    }
    return (shapes, entries.isEmpty ? 0 : at.y - start.y + 22)
  }
}
