public import PerceptModels

/// How well probabilities tell classes apart, and whether they are what they say: curves for every threshold, and a comparison of
/// what was said with what came true.
public struct EvaluationFigure: Sendable {
  private let evaluation: Evaluation

  /// The figure of an evaluation.
  public init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  /// The classes that have a curve: class 1 of two, otherwise all.
  private var labels: [Int] { evaluation.classNames.count == 2 ? [1] : Array(evaluation.classNames.indices) }

  private func series(
    _ points: (RankingCurves) -> [(x: Double, y: Double)]?, _ value: (RankingCurves) -> Double?
  ) -> [Chart.Series] {
    labels.compactMap { label in
      let curves = evaluation.curves(of: label)
      guard let points = points(curves), let value = value(curves) else { return nil }
      let number = Ticks.label((value * 1000).rounded() / 1000)
      return Chart.Series(name: "\(evaluation.classNames[label]) (\(number))", points: points)
    }
  }

  /// A chart of shares against shares.
  private func inUnitSquare(
    title: String, summary: String, xLabel: String, yLabel: String, series: [Chart.Series]
  ) -> Chart {
    var chart = Chart(title: title, summary: summary, xLabel: xLabel, yLabel: yLabel, series: series)
    (chart.xRange, chart.yRange) = (0...1, 0...1)
    return chart
  }

  /// The ROC curve of each class, its area in the legend; nil where a class is missing.
  public var roc: Chart? {
    let curves = series(\.roc, \.areaUnderROC)
    guard !curves.isEmpty else { return nil }
    var guessing = Chart.Series(name: "guessing (0.5)", points: [(0, 0), (1, 1)])
    guessing.role = .muted
    return inUnitSquare(
      title: "ROC curve",
      summary:
        "How many of a class are found when so many of the others may be taken for it by mistake; the further above the "
        + "diagonal, the better.",
      xLabel: "share of the others taken for it", yLabel: "share of the class found", series: curves + [guessing])
  }

  /// Precision against recall for each class, the average precision in the legend; nil where no class has examples.
  public var precisionRecall: Chart? {
    let curves = series(\.precisionRecall, \.averagePrecision)
    guard !curves.isEmpty else { return nil }
    // A single curve has no legend, so its number goes into the title.
    let number = curves.count == 1 ? ": \(curves[0].name)" : ""
    return inUnitSquare(
      title: "Precision and recall" + number,
      summary:
        "How many of those taken for a class are of it, when so many of the class are to be found; the higher, the better.",
      xLabel: "recall: share of the class found", yLabel: "precision: share that is right", series: curves)
  }

  /// How probable answers were said to be, and how many of them are right.
  public var calibration: Chart {
    let bins = evaluation.calibration.bins
    var said = Chart.Series(name: "answers", points: bins.map { (x: $0.probability, y: $0.right.value) })
    said.bars = bins.map { Chart.Bar(low: $0.right.interval.lowerBound, high: $0.right.interval.upperBound) }
    var ideal = Chart.Series(name: "as it should be", points: [(0, 0), (1, 1)])
    ideal.role = .muted
    return inUnitSquare(
      title: "Calibration",
      summary:
        "Of the answers given with a probability, so many are right; on the diagonal probabilities are what they say. "
        + "Bars are 95 % intervals.",
      xLabel: "probability that was said", yLabel: "share that is right", series: [said, ideal])
  }

  /// All there are, side by side.
  public var drawing: Drawing {
    let charts = [roc, precisionRecall, calibration].compactMap(\.self).map { $0.drawing(width: 420, height: 400) }
    var drawing = Drawing(
      width: charts.reduce(0) { $0 + $1.width }, height: charts.map(\.height).max() ?? 0,
      title: "Curves of an evaluation",
      summary: charts.map(\.summary).joined(separator: " "))
    var x = 0.0
    for chart in charts {
      drawing.place(chart, at: Point(x, 0))
      x += chart.width
    }
    return drawing
  }
}
