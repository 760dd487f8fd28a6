/// Curves over two axes.
public struct Chart: Sendable, Hashable {
  /// How numbers become places on an axis.
  public enum Scale: String, Sendable, Hashable {
    /// In proportion.
    case linear
    /// In proportion to the logarithm; only positive numbers are drawn.
    case logarithmic
    /// The same with 0 at the beginning, where a still smaller power of ten would stand.
    case logarithmicFromZero

    /// Whether a number has a place.
    func shows(_ value: Double) -> Bool {
      switch self {
      case .linear: value.isFinite
      case .logarithmic: value.isFinite && value > 0
      case .logarithmicFromZero: value.isFinite && value >= 0
      }
    }
  }

  /// A named curve.
  public struct Series: Sendable, Hashable {
    /// What the legend says.
    public let name: String
    /// x and y of every point, in order.
    public let points: [(x: Double, y: Double)]
    /// The bar at each point; none where empty. Every point with a bar carries a dot too.
    public var bars: [Bar] = []
    /// Its colour, where its place among the series does not decide that.
    package var role: Role?

    /// A curve.
    public init(name: String, points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points
    }

    /// Whether both have the same name, points and bars.
    public static func == (a: Series, b: Series) -> Bool {
      a.name == b.name && a.bars == b.bars && a.points.elementsEqual(b.points) { $0 == $1 }
    }

    /// Feeds name and points to a hasher.
    public func hash(into hasher: inout Hasher) {
      hasher.combine(name)
      for point in points {
        hasher.combine(point.x)
        hasher.combine(point.y)
      }
    }
  }

  /// An upright line at a point: what its value may be besides.
  public struct Bar: Sendable, Hashable {
    /// Its lower end.
    public let low: Double
    /// Its upper end.
    public let high: Double

    /// A bar from end to end.
    public init(low: Double, high: Double) { (self.low, self.high) = (low, high) }
  }

  /// What the chart is called.
  public var title: String
  /// What can be seen, in one sentence.
  public var summary: String
  /// What the horizontal axis shows.
  public var xLabel: String
  /// What the vertical axis shows.
  public var yLabel: String
  /// The curves; more than one get a legend.
  public var series: [Series]
  /// Short thick marks on the curves: index of the series, x and y.
  public var marks: [Mark] = []
  /// What a mark means, for the legend.
  public var markLabel = ""
  /// The scale of the horizontal axis.
  public var xScale = Scale.linear
  /// The scale of the vertical axis.
  public var yScale = Scale.linear
  /// The range of the horizontal axis, where it is linear; nil fits it to the points.
  public var xRange: ClosedRange<Double>?
  /// The range of the vertical axis; nil fits it to the points.
  public var yRange: ClosedRange<Double>?

  /// A place on a curve that deserves attention.
  public struct Mark: Sendable, Hashable {
    /// Its x.
    public let x: Double
    /// Its y.
    public let y: Double
  }

  /// A chart.
  public init(title: String, summary: String, xLabel: String, yLabel: String, series: [Series]) {
    self.title = title
    self.summary = summary
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
  }

  /// The room for the labels of the vertical axis.
  private static let left = 76.0

  /// The chart as a drawing of a given size.
  ///
  /// - Parameters:
  ///   - width: pixels.
  ///   - height: pixels; a legend of more than three rows makes it higher.
  /// - Returns: the drawing.
  public func drawing(width: Double = 720, height: Double = 400) -> Drawing {
    let (legend, legendHeight) = legend(from: Point(Self.left, 52), to: width - 24)
    let height = height + max(0, legendHeight - 66)
    var drawing = Drawing(width: width, height: height, title: title, summary: summary)
    let area = Box(
      x: Self.left, y: 48 + legendHeight, width: width - Self.left - 24, height: height - 108 - legendHeight)
    let frame = ChartFrame(self, area)
    drawing.shapes.append(.text(title, Point(width / 2, 26), .ink, size: 17, anchor: .middle, isBold: true))
    drawing.shapes += legend
    drawing.shapes += frame.axes(xLabel: xLabel, yLabel: yLabel)
    for (index, series) in series.enumerated() {
      let role = series.role ?? .series(index)
      drawing.shapes += frame.runs(of: series).map { .line($0, role, width: 2.2) }
      drawing.shapes += frame.bars(of: series, role)
    }
    for mark in marks {
      if let at = frame.point(mark.x, mark.y) { drawing.shapes.append(.disc(at, radius: 3.2, .accent)) }
    }
    return drawing
  }

  /// Where numbers of the horizontal axis have their places in the drawing, as shares of its width.
  package func places(of values: [Double], width: Double) -> [Double] {
    let frame = ChartFrame(self, Box(x: Self.left, y: 0, width: width - Self.left - 24, height: 1))
    return values.map { frame.xPlace($0) / width }
  }

  /// The series' names and what marks mean, in as many rows of 22 pixels as they need.
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
