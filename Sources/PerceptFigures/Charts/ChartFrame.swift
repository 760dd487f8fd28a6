import PerceptPlatform

/// The plot area of a chart, which maps values to positions.
struct ChartFrame {
  let area: Box
  let xRange: ClosedRange<Double>
  let yRange: ClosedRange<Double>
  let xScale: Chart.Scale
  let yScale: Chart.Scale

  init(_ chart: Chart, _ place: Box) {
    let points = chart.series.flatMap { series in
      series.points + zip(series.points, series.bars).flatMap { [(x: $0.x, y: $1.low), (x: $0.x, y: $1.high)] }
    }
    let shown = points.filter { chart.xScale.shows($0.x) && chart.yScale.shows($0.y) }
    area = place
    xScale = chart.xScale
    yScale = chart.yScale
    let (xs, ys) = (shown.map(\.x), shown.map(\.y))
    xRange = xScale == .linear ? chart.xRange ?? Self.span(of: xs) : Self.powers(around: xs, xScale, finely: true)
    yRange =
      yScale == .linear
      ? chart.yRange ?? Ticks.rounded(min(ys.min() ?? 0.1, 0)...max(ys.max() ?? 1, 0))
      : Self.powers(around: ys, yScale, finely: false)
  }

  /// From the smallest to the largest value. The end moves to a close round number: 999 iterations end the axis at 1000.
  private static func span(of xs: [Double]) -> ClosedRange<Double> {
    let low = xs.min() ?? 0
    let range = low...max(xs.max() ?? 1, low + (xs.count < 2 ? 1 : 0))
    let rounded = Ticks.rounded(range)
    let isClose = rounded.upperBound - range.upperBound <= 0.02 * (range.upperBound - range.lowerBound)
    return low...(isClose ? rounded.upperBound : range.upperBound)
  }

  /// Powers of ten around positive values, with one more decade below for 0 if the scale shows it. With `finely`, the end may
  /// also be 3 times a power of ten, if the values reach no further.
  private static func powers(around values: [Double], _ scale: Chart.Scale, finely: Bool) -> ClosedRange<Double> {
    let positive = values.filter { $0 > 0 }
    let lowest = log10(positive.min() ?? 0.1).rounded(.down) - (scale == .logarithmicFromZero ? 1 : 0)
    let largest = positive.max() ?? 1
    // Within these limits, powers of ten are finite and have the full precision.
    let low = min(max(lowest, -300), 299)
    let high = max(min((log10(largest) - 1e-9).rounded(.up), 300), low + 1)
    let isHalf = finely && high > low + 1 && largest <= 3 * pow(10, high - 1) * (1 + 1e-9)
    return pow(10, low)...(isHalf ? 3 * pow(10, high - 1) : pow(10, high))
  }

  /// A dot and an error bar at every point that has one. Error bars are clipped to the range of the axis.
  func bars(of series: Chart.Series, _ role: Role) -> [Shape] {
    zip(series.points, series.bars).flatMap { value, bar -> [Shape] in
      guard let at = point(value.x, value.y), bar.low.isFinite, bar.high.isFinite else { return [] }
      let ends = [bar.low, bar.high].map {
        yPlace(min(max($0, yRange.lowerBound), yRange.upperBound))
      }
      return [.disc(at, radius: 3.2, role), .line(ends.map { Point(at.x, $0) }, role, width: 1.2)]
        + ends.map { .line([Point(at.x - 4, $0), Point(at.x + 4, $0)], role, width: 1.2) }
    }
  }

  /// A disc at every mark, except those less than 9 pixels from the previous disc, which would merge into a line.
  func discs(at marks: [Chart.Mark]) -> [Shape] {
    var last: Point?
    return marks.compactMap { mark in
      guard let at = point(mark.x, mark.y) else { return nil }
      if let last, abs(at.x - last.x) < 9, abs(at.y - last.y) < 9 { return nil }
      last = at
      return .disc(at, radius: 4, .accent)
    }
  }

  func point(_ x: Double, _ y: Double) -> Point? {
    guard xScale.shows(x), yScale.shows(y) else { return nil }
    return Point(xPlace(x), yPlace(y))
  }

  /// A curve as polylines, interrupted where a value cannot be drawn. Long curves are thinned to 4,000 to 8,000 points.
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
    for (value, label) in ticks(yRange, yScale, count: 6) {
      let y = yPlace(value)
      shapes.append(.line([Point(area.x, y), Point(area.right, y)], .grid, width: 1))
      shapes.append(.text(label, Point(area.x - 8, y + 4), .muted, size: 12, anchor: .end))
    }
    for (value, label) in ticks(xRange, xScale, count: 8) {
      let x = xPlace(value)
      shapes.append(.line([Point(x, area.y), Point(x, area.bottom)], .grid, width: 1))
      shapes.append(.text(label, Point(x, area.bottom + 18), .muted, size: 12, anchor: .middle))
    }
    shapes.append(
      .line([Point(area.x, area.y), Point(area.x, area.bottom), Point(area.right, area.bottom)], .muted, width: 1.2))
    shapes.append(.text(xLabel, Point(area.x + area.width / 2, area.bottom + 42), .ink, anchor: .middle))
    shapes.append(.text(yLabel, Point(22, area.y + area.height / 2), .ink, anchor: .middle, turned: -90))
    return shapes
  }

  private func ticks(_ range: ClosedRange<Double>, _ scale: Chart.Scale, count: Int) -> [(Double, label: String)] {
    let values = scale == .linear ? Ticks.linear(range, count: count) : Ticks.logarithmic(range, count: count)
    guard scale == .logarithmicFromZero else { return values.map { ($0, Ticks.label($0)) } }
    let others = values.filter { $0 > 9 * range.lowerBound }
    return [(range.lowerBound, "0")] + others.map { ($0, Ticks.label($0)) }
  }

  func xPlace(_ x: Double) -> Double { area.x + area.width * share(x, of: xRange, xScale) }

  private func yPlace(_ y: Double) -> Double { area.bottom - area.height * share(y, of: yRange, yScale) }

  private func share(_ value: Double, of range: ClosedRange<Double>, _ scale: Chart.Scale) -> Double {
    // Values below the range, including 0, are drawn at its lower end.
    scale == .linear
      ? share(value, of: range)
      : share(log10(max(value, range.lowerBound)), of: log10(range.lowerBound)...log10(range.upperBound))
  }

  private func share(_ value: Double, of range: ClosedRange<Double>) -> Double {
    let span = range.upperBound - range.lowerBound
    return span > 0 ? (value - range.lowerBound) / span : 0.5
  }
}
