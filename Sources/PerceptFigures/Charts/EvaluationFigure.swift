package import PerceptModels

package struct EvaluationFigure: Sendable {
  private let evaluation: Evaluation

  package init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  /// The classes that get a curve: class 1 of two classes, otherwise all.
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

  private func inUnitSquare(
    title: String, summary: String, xLabel: String, yLabel: String, series: [Chart.Series]
  ) -> Chart {
    var chart = Chart(title: title, summary: summary, xLabel: xLabel, yLabel: yLabel, series: series)
    (chart.xRange, chart.yRange) = (0...1, 0...1)
    return chart
  }

  /// The ROC curve of each class with the area under it in the legend, or nil if no class has both positive and negative examples.
  package var roc: Chart? {
    let curves = series(\.roc, \.areaUnderROC)
    guard !curves.isEmpty else { return nil }
    var guessing = Chart.Series(name: "guessing (0.5)", points: [(0, 0), (1, 1)])
    guessing.role = .muted
    return inUnitSquare(
      title: "ROC curve",
      summary:
        "True positive rate against false positive rate at all thresholds; the further above the diagonal, the better.",
      xLabel: "false positive rate", yLabel: "true positive rate (recall)", series: curves + [guessing])
  }

  /// Precision against recall for each class with the average precision in the legend, or nil if no class has examples.
  package var precisionRecall: Chart? {
    let curves = series(\.precisionRecall, \.averagePrecision)
    guard !curves.isEmpty else { return nil }
    // A single curve has no legend, so its average precision is part of the title.
    let number = curves.count == 1 ? ": \(curves[0].name)" : ""
    return inUnitSquare(
      title: "Precision and recall" + number,
      summary:
        "Precision against recall at all thresholds; the higher, the better.",
      xLabel: "recall: share of the class found", yLabel: "precision: share of predictions that are correct",
      series: curves)
  }

  /// A reliability diagram: the share of correct answers against the predicted probability, with 95 % confidence intervals.
  package var calibration: Chart {
    let bins = evaluation.calibration.bins
    var answers = Chart.Series(name: "answers", points: bins.map { (x: $0.probability, y: $0.right.value) })
    answers.bars = bins.map { Chart.Bar(low: $0.right.interval.lowerBound, high: $0.right.interval.upperBound) }
    var ideal = Chart.Series(name: "perfect calibration", points: [(0, 0), (1, 1)])
    ideal.role = .muted
    return inUnitSquare(
      title: "Calibration",
      summary:
        "The share of correct answers against the predicted probability; on the diagonal, both are equal. "
        + "Bars are 95 % confidence intervals.",
      xLabel: "predicted probability", yLabel: "share of correct answers", series: [answers, ideal])
  }

  package var drawing: Drawing {
    let charts = [roc, precisionRecall, calibration].compactMap(\.self).map { $0.drawing(width: 420, height: 400) }
    var drawing = Drawing(
      width: charts.reduce(0) { $0 + $1.width }, height: charts.map(\.height).max() ?? 0,
      title: "Evaluation curves",
      summary: charts.map(\.summary).joined(separator: " "))
    var x = 0.0
    for chart in charts {
      drawing.place(chart, at: Point(x, 0))
      x += chart.width
    }
    return drawing
  }
}
