package import PerceptTraining

/// Cross-validated accuracy and cost against a setting, with error bars of one standard deviation over the folds.
package struct TuningFigure: Sendable {
  package let accuracy: Chart
  package let cost: Chart
  private let setting: String

  /// Creates a figure of the results of each curve; x is the value of the setting, in any order. Diverged results are omitted.
  package init(
    _ curves: [(name: String, points: [(x: Double, result: CrossValidationResult)])],
    against setting: String = "learning rate"
  ) {
    let points = curves.flatMap(\.points)
    let summary =
      points.map(\.result).min()?.accuracy.map { accuracy in
        " The best reaches an accuracy of \(Ticks.label(Ticks.significant(accuracy.mean, digits: 3)))."
      } ?? ""
    let scale = Self.scale(of: points.map(\.x))
    func chart(_ title: String, _ measure: (CrossValidationResult) -> SampleStatistics?) -> Chart {
      var chart = Chart(
        title: title, summary: "\(title) against the \(setting), with error bars of one standard deviation.\(summary)",
        xLabel: setting, yLabel: title.lowercased(), series: curves.map { Self.series($0.name, $0.points, measure) })
      chart.xScale = scale
      return chart
    }
    var accuracy = chart("Accuracy on held-out images", \.accuracy)
    accuracy.yLabel = "accuracy"
    accuracy.yRange = 0...1
    var cost = chart("Cost on held-out images", \.cost)
    cost.yLabel = "cost"
    let costs = cost.series.flatMap(\.points).map(\.y)
    // Costs of far too large learning rates can be a hundred times larger and would compress all others.
    if (costs.max() ?? 0) > 10 * (costs.min() ?? 0) { cost.yScale = .logarithmic }
    self.accuracy = accuracy
    self.cost = cost
    self.setting = setting
  }

  /// Logarithmic if the settings span an order of magnitude.
  private static func scale(of xs: [Double]) -> Chart.Scale {
    let positive = xs.filter { $0 > 0 }
    guard let low = positive.min(), let high = positive.max(), high == low || high >= 10 * low else { return .linear }
    return positive.count == xs.count ? .logarithmic : .logarithmicFromZero
  }

  private static func series(
    _ name: String, _ points: [(x: Double, result: CrossValidationResult)],
    _ measure: (CrossValidationResult) -> SampleStatistics?
  ) -> Chart.Series {
    let places = points.compactMap { point in measure(point.result).map { (x: point.x, statistics: $0) } }
      .sorted { $0.x < $1.x }
    var series = Chart.Series(name: name, points: places.map { (x: $0.x, y: $0.statistics.mean) })
    series.bars = places.map { place in
      Chart.Bar(
        low: place.statistics.mean - place.statistics.deviation,
        high: place.statistics.mean + place.statistics.deviation)
    }
    return series
  }

  package var drawing: Drawing {
    let (top, bottom) = (accuracy.drawing(), cost.drawing())
    var drawing = Drawing(
      width: top.width, height: top.height + bottom.height, title: "Accuracy and cost against the \(setting)",
      summary: accuracy.summary)
    drawing.place(top, at: Point(0, 0))
    drawing.place(bottom, at: Point(0, top.height))
    return drawing
  }
}
