import PerceptDatasets
package import PerceptModels

package struct EvaluationFigure: Sendable {
  private let evaluation: Evaluation

  package init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  /// The largest number of curves in a chart; there are as many colors.
  private static let mostCurves = 6

  private var showsAllClasses: Bool { evaluation.classNames.count <= Evaluation.mostShownClasses }

  /// The classes that get a curve in a chart: class 1 of two classes, otherwise all; of more than ``mostCurves`` classes,
  /// those with the lowest F1 scores.
  private var labels: [Int] {
    let count = evaluation.classNames.count
    if count == 2 { return [1] }
    if count <= Self.mostCurves { return Array(evaluation.classNames.indices) }
    return evaluation.classMetricsByF1.filter { $0.labelled > 0 }.prefix(Self.mostCurves).map(\.label)
  }

  /// Says which classes have a curve, if not all have one.
  private var selection: String {
    evaluation.classNames.count <= Self.mostCurves
      ? ""
      : " Of \(evaluation.classNames.count) classes, the \(labels.count) with the lowest F1 scores are shown."
  }

  /// Whether one curve is drawn. The names of several would be too long with the measure, which is in the title instead.
  private var isSingle: Bool { labels.count == 1 }

  private func title(_ name: String, _ measure: String) -> String { isSingle ? name : "\(name) (\(measure))" }

  private func series(
    _ points: (RankingCurves) -> [(x: Double, y: Double)]?, _ measure: String, _ value: (RankingCurves) -> Double?
  ) -> [Chart.Series] {
    labels.compactMap { label in
      let curves = evaluation.curves(of: label)
      guard let points = points(curves), let value = value(curves) else { return nil }
      let number = Ticks.label((value * 1000).rounded() / 1000)
      return Chart.Series(
        name: "\(evaluation.classNames[label]) (\(isSingle ? "\(measure) " : "")\(number))",
        points: isSingle ? points : Self.thinned(points))
    }
  }

  /// Drops points in the unit square that are too close to the previous one for a chart to show the difference.
  private static func thinned(
    _ points: [(x: Double, y: Double)], step: Double = 0.002
  ) -> [(x: Double, y: Double)] {
    var kept: [(x: Double, y: Double)] = []
    for (index, point) in points.enumerated() {
      if let last = kept.last, index < points.count - 1, max(abs(point.x - last.x), abs(point.y - last.y)) < step {
        continue
      }
      kept.append(point)
    }
    return kept
  }

  /// The ROC curve of each class in a panel of its own, for the classes with the lowest F1 scores if there are many.
  package var rocPanels: [CurvePanel] {
    panels(\.roc, "area", \.areaUnderROC, hasDiagonal: true) {
      "The true positive rate of \($0) against the false positive rate."
    }
  }

  /// The precision-recall curve of each class in a panel of its own, as ``rocPanels``.
  package var precisionRecallPanels: [CurvePanel] {
    panels(\.precisionRecall, "average", \.averagePrecision, hasDiagonal: false) {
      "The precision of \($0) against its recall."
    }
  }

  private func panels(
    _ points: (RankingCurves) -> [(x: Double, y: Double)]?, _ measure: String, _ value: (RankingCurves) -> Double?,
    hasDiagonal: Bool, summary: (String) -> String
  ) -> [CurvePanel] {
    evaluation.shownLabels.compactMap { label in
      let (curves, name) = (evaluation.curves(of: label), evaluation.classNames[label])
      guard let points = points(curves), let value = value(curves) else { return nil }
      return CurvePanel(
        name: name, number: "\(measure) \(Ticks.label((value * 1000).rounded() / 1000))",
        points: Self.thinned(points, step: 0.008), hasDiagonal: hasDiagonal, summary: summary(name))
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
    let curves = series(\.roc, "area", \.areaUnderROC)
    guard !curves.isEmpty else { return nil }
    var guessing = Chart.Series(name: isSingle ? "guessing (area 0.5)" : "guessing (0.5)", points: [(0, 0), (1, 1)])
    guessing.role = .muted
    return inUnitSquare(
      title: title("ROC curve", "area"),
      summary:
        "True positive rate against false positive rate at all thresholds; the further above the diagonal, the better."
        + selection,
      xLabel: "false positive rate", yLabel: "true positive rate (recall)", series: curves + [guessing])
  }

  /// Precision against recall for each class with the average precision in the legend, or nil if no class has examples.
  package var precisionRecall: Chart? {
    let curves = series(\.precisionRecall, "average precision", \.averagePrecision)
    guard !curves.isEmpty else { return nil }
    // A single curve has no legend, so the title has its number.
    let average = labels.first.flatMap { evaluation.curves(of: $0).averagePrecision } ?? 0
    return inUnitSquare(
      title:
        "Precision and recall (average\(isSingle ? " \(Ticks.label((average * 1000).rounded() / 1000))" : " precision"))",
      summary:
        "Precision against recall\(isSingle ? " of \(evaluation.classNames[labels[0]])" : "") at all thresholds; the higher, "
        + "the better." + selection,
      xLabel: "recall: share of the class found", yLabel: "precision: share that is correct",
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

  /// The accuracy (recall) of each class as bars; of many classes, those with the lowest F1 scores.
  package var accuracyBars: ProportionBars {
    let metrics = evaluation.classMetrics
    return ProportionBars(
      title: "Accuracy by class",
      summary:
        "The share of the images of each class that are classified correctly (recall), with 95 % confidence intervals."
        + (showsAllClasses
          ? "" : " Of \(metrics.count) classes, the \(Evaluation.mostShownClasses) with the lowest F1 scores."),
      rows: evaluation.shownLabels.map { ProportionBars.Row(metrics[$0].name, metrics[$0].recall) },
      reference: (name: "all images", value: evaluation.accuracy))
  }

  /// The accuracy (recall) of each class that has images, lowest first, or nil if there are few classes.
  package var accuracyByClass: Chart? {
    let accuracies = evaluation.classMetrics.compactMap { $0.recall?.value }.sorted()
    guard !showsAllClasses, !accuracies.isEmpty else { return nil }
    let (count, end, mean) = (accuracies.count, Double(accuracies.count), evaluation.accuracy)
    var overall = Chart.Series(name: "all images (\(Ticks.percent(mean)))", points: [(0, mean), (end, mean)])
    overall.role = .muted
    let (none, all) = (accuracies.count { $0 == 0 }, accuracies.count { $0 == 1 })
    var chart = Chart(
      title: "Accuracy by class",
      summary:
        "The accuracy (recall) of each of \(count) classes, lowest first. At least half of them reach "
        + "\(Ticks.percent(accuracies[count / 2])). Without a correct answer: \(counted(none, "class")). Without a "
        + "wrong answer: \(counted(all, "class")).",
      xLabel: "classes, in ascending order of accuracy", yLabel: "accuracy of the class (recall)",
      series: [Chart.Series(name: "classes", points: Self.steps(accuracies)), overall])
    (chart.xRange, chart.yRange) = (0...end, 0...1)
    return chart
  }

  /// A line with a step of width 1 for each value, without the points between steps of the same height.
  private static func steps(_ values: [Double]) -> [(x: Double, y: Double)] {
    var points: [(x: Double, y: Double)] = []
    for (index, value) in values.enumerated() {
      if index == 0 || values[index - 1] != value { points.append((Double(index), value)) }
      if index == values.count - 1 || values[index + 1] != value { points.append((Double(index + 1), value)) }
    }
    return points
  }

  package var drawing: Drawing {
    let charts = [roc, precisionRecall, calibration, accuracyByClass].compactMap(\.self)
      .map { $0.drawing(width: 420, height: 400) }
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
