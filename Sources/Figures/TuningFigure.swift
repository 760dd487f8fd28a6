public import Training

/// Accuracy and cost of cross-validated candidates against their learning rates, with bars of one standard deviation over the
/// folds.
public struct TuningFigure: Sendable {
  /// Accuracy against learning rate.
  public let accuracy: Chart
  /// Cost against learning rate.
  public let cost: Chart

  /// A figure of curves.
  ///
  /// - Parameter curves: a name, and trials that differ in their learning rates; those that diverged are left out.
  public init(_ curves: [(name: String, trials: [Trial])]) {
    let best = curves.flatMap(\.trials).min()
    let summary =
      best?.accuracy.map { accuracy in
        " The best reaches an accuracy of \(Ticks.label(Ticks.significant(accuracy.mean, digits: 3)))."
      } ?? ""
    func chart(_ title: String, _ measure: (Trial) -> Spread?) -> Chart {
      var chart = Chart(
        title: title, summary: "\(title) against the learning rate, with bars of one standard deviation.\(summary)",
        xLabel: "learning rate", yLabel: title.lowercased(),
        series: curves.map { Self.series($0.name, $0.trials, measure) })
      chart.xScale = .logarithmic
      return chart
    }
    var accuracy = chart("Accuracy on pictures left out", \.accuracy)
    accuracy.yLabel = "accuracy"
    accuracy.yRange = 0...1
    var cost = chart("Cost on pictures left out", \.cost)
    cost.yLabel = "cost"
    let costs = cost.series.flatMap(\.points).map(\.y)
    // Rates that are far too large cost a hundred times as much and would press all others together.
    if (costs.max() ?? 0) > 10 * (costs.min() ?? 0) { cost.yScale = .logarithmic }
    self.accuracy = accuracy
    self.cost = cost
  }

  private static func series(_ name: String, _ trials: [Trial], _ measure: (Trial) -> Spread?) -> Chart.Series {
    let places = trials.compactMap { trial in
      trial.learningRate.flatMap { rate in measure(trial).map { (x: rate.mean, spread: $0) } }
    }.sorted { $0.x < $1.x }
    var series = Chart.Series(name: name, points: places.map { (x: $0.x, y: $0.spread.mean) })
    series.bars = places.map(\.spread.deviation)
    return series
  }

  /// One chart above the other.
  public var drawing: Drawing {
    let (top, bottom) = (accuracy.drawing(), cost.drawing())
    var drawing = Drawing(
      width: top.width, height: top.height + bottom.height, title: "Accuracy and cost against the learning rate",
      summary: accuracy.summary)
    drawing.place(top, at: Point(0, 0))
    drawing.place(bottom, at: Point(0, top.height))
    return drawing
  }
}
