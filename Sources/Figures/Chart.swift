import Glibc

/// Curves over two axes.
public struct Chart: Sendable, Hashable {
  /// How numbers become places on an axis.
  public enum Scale: String, Sendable, Hashable {
    /// In proportion.
    case linear
    /// In proportion to the logarithm; only positive numbers are drawn.
    case logarithmic
  }

  /// A named curve.
  public struct Series: Sendable, Hashable {
    /// What the legend says.
    public let name: String
    /// x and y of every point, in order.
    public let points: [(x: Double, y: Double)]
    /// How far the bar at each point reaches up and down; none where empty. Every point with a bar carries a dot too.
    public var bars: [Double] = []
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

  /// The chart as a drawing of a given size.
  ///
  /// - Parameters:
  ///   - width: pixels.
  ///   - height: pixels.
  /// - Returns: the drawing.
  public func drawing(width: Double = 720, height: Double = 400) -> Drawing {
    var drawing = Drawing(width: width, height: height, title: title, summary: summary)
    let (legend, legendHeight) = legend(from: Point(76, 52), to: width - 24)
    let area = Box(x: 76, y: 48 + legendHeight, width: width - 100, height: height - 108 - legendHeight)
    let frame = Frame(self, area)
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

/// The area of a chart and how numbers become places in it.
private struct Frame {
  let area: Box
  let xRange: ClosedRange<Double>
  let yRange: ClosedRange<Double>
  let xScale: Chart.Scale
  let yScale: Chart.Scale

  init(_ chart: Chart, _ place: Box) {
    let points = chart.series.flatMap { series in
      series.points + zip(series.points, series.bars).flatMap { [(x: $0.x, y: $0.y - $1), (x: $0.x, y: $0.y + $1)] }
    }.filter { $0.x.isFinite && $0.y.isFinite }
    let shown = points.filter {
      (chart.xScale == .linear || $0.x > 0) && (chart.yScale == .linear || $0.y > 0)
    }
    area = place
    xScale = chart.xScale
    yScale = chart.yScale
    let (xs, ys) = (shown.map(\.x), shown.map(\.y))
    xRange = xScale == .linear ? Self.span(of: xs) : Self.powers(around: xs)
    switch chart.yScale {
    case .linear:
      yRange = chart.yRange ?? Ticks.rounded(min(ys.min() ?? 0.1, 0)...max(ys.max() ?? 1, 0))
    case .logarithmic: yRange = Self.powers(around: ys)
    }
  }

  /// From the first to the last, or to the next round number where that is close: 999 iterations end the axis at 1000, where a
  /// label can stand.
  private static func span(of xs: [Double]) -> ClosedRange<Double> {
    let low = xs.min() ?? 0
    let range = low...max(xs.max() ?? 1, low + (xs.count < 2 ? 1 : 0))
    let rounded = Ticks.rounded(range)
    let isClose = rounded.upperBound - range.upperBound <= 0.02 * (range.upperBound - range.lowerBound)
    return low...(isClose ? rounded.upperBound : range.upperBound)
  }

  /// The powers of ten around some numbers.
  private static func powers(around values: [Double]) -> ClosedRange<Double> {
    let low = pow(10, log10(values.min() ?? 0.1).rounded(.down))
    return low...max(pow(10, (log10(values.max() ?? 1) - 1e-9).rounded(.up)), 10 * low)
  }

  /// A dot and a bar at every point that has one; what a logarithmic axis cannot show of a bar is cut off.
  func bars(of series: Chart.Series, _ role: Role) -> [Shape] {
    zip(series.points, series.bars).flatMap { value, reach -> [Shape] in
      guard let at = point(value.x, value.y), reach.isFinite else { return [] }
      let ends = [value.y - reach, value.y + reach].map {
        yPlace(min(max($0, yRange.lowerBound), yRange.upperBound))
      }
      return [.disc(at, radius: 3.2, role), .line(ends.map { Point(at.x, $0) }, role, width: 1.2)]
        + ends.map { .line([Point(at.x - 4, $0), Point(at.x + 4, $0)], role, width: 1.2) }
    }
  }

  func point(_ x: Double, _ y: Double) -> Point? {
    guard x.isFinite, y.isFinite, xScale == .linear || x > 0, yScale == .linear || y > 0 else { return nil }
    return Point(xPlace(x), yPlace(y))
  }

  /// The points of a curve, cut where a number cannot be drawn, thinned to what a screen can show.
  func runs(of series: Chart.Series) -> [[Point]] {
    var runs: [[Point]] = [[]]
    let stride = max(1, series.points.count / 4000)
    for (index, value) in series.points.enumerated() where index % stride == 0 || index == series.points.count - 1 {
      if let at = point(value.x, value.y) {
        runs[runs.count - 1].append(at)
      } else if !runs[runs.count - 1].isEmpty {
        runs.append([])
      }
    }
    return runs.filter { !$0.isEmpty }
  }

  func axes(xLabel: String, yLabel: String) -> [Shape] {
    var shapes: [Shape] = []
    let yTicks = yScale == .linear ? Ticks.linear(yRange) : Ticks.logarithmic(yRange)
    for value in yTicks {
      let y = yPlace(value)
      shapes.append(.line([Point(area.x, y), Point(area.right, y)], .grid, width: 1))
      shapes.append(.text(Ticks.label(value), Point(area.x - 8, y + 4), .muted, size: 12, anchor: .end))
    }
    for value in xScale == .linear ? Ticks.linear(xRange, count: 8) : Ticks.logarithmic(xRange, count: 8) {
      let x = xPlace(value)
      shapes.append(.line([Point(x, area.y), Point(x, area.bottom)], .grid, width: 1))
      shapes.append(.text(Ticks.label(value), Point(x, area.bottom + 18), .muted, size: 12, anchor: .middle))
    }
    shapes.append(
      .line([Point(area.x, area.y), Point(area.x, area.bottom), Point(area.right, area.bottom)], .muted, width: 1.2))
    shapes.append(.text(xLabel, Point(area.x + area.width / 2, area.bottom + 42), .ink, anchor: .middle))
    shapes.append(.text(yLabel, Point(22, area.y + area.height / 2), .ink, anchor: .middle, turned: -90))
    return shapes
  }

  private func xPlace(_ x: Double) -> Double { area.x + area.width * share(x, of: xRange, xScale) }

  private func yPlace(_ y: Double) -> Double { area.bottom - area.height * share(y, of: yRange, yScale) }

  private func share(_ value: Double, of range: ClosedRange<Double>, _ scale: Chart.Scale) -> Double {
    scale == .linear
      ? share(value, of: range) : share(log10(value), of: log10(range.lowerBound)...log10(range.upperBound))
  }

  private func share(_ value: Double, of range: ClosedRange<Double>) -> Double {
    let span = range.upperBound - range.lowerBound
    return span > 0 ? (value - range.lowerBound) / span : 0.5
  }
}
