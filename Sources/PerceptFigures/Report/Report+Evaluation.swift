import PerceptModels

extension Report {
  /// Whether the report shows each class. Of many classes, it shows ``Evaluation/shownLabels``.
  var showsAllClasses: Bool { evaluation.classNames.count <= Evaluation.mostShownClasses }

  /// Says which classes a figure shows, if it does not show all. Follows a sentence.
  var selection: String {
    let (classes, most) = (evaluation.classNames.count, Evaluation.mostShownClasses)
    return showsAllClasses ? "" : " Of \(classes) classes, the \(most) with the lowest F1 scores are shown."
  }

  var evaluationSection: String {
    let figure = EvaluationFigure(evaluation)
    let bars = figure.accuracyBars
    let byClass = figure.accuracyByClass.map {
      Page.figure($0.drawing(width: 390, height: 310), id: "accuracy-by-class", caption: $0.summary)
    }
    return Page.section(
      "Evaluation", id: "evaluation",
      [
        unseen.verified == nil ? Page.paragraph(answer) : "",
        columns(
          [
            wide(confusionMatrix, class: evaluation.classNames.count > 3 ? "span" : "part"),
            Page.figure(bars.drawing(), id: "class-accuracy", caption: bars.summary), byClass ?? "",
          ] + tables + (evaluation.classNames.count == 2 ? curves(figure) : [calibration(figure)])),
        showsAllClasses ? "" : worstTable,
      ] + (evaluation.classNames.count == 2 ? [] : panels(figure)))
  }

  /// The metrics of the classes and of the probabilities: one below the other if the first is short.
  private var tables: [String] {
    let metrics = showsAllClasses ? metricsTable : ""
    return evaluation.classNames.count <= 3 ? [wide(metrics + numbers, class: "part")] : [metrics, numbers]
  }

  private var confusionMatrix: String {
    let selection =
      showsAllClasses
      ? ""
      : " Of \(evaluation.classNames.count) classes, the \(Evaluation.mostShownClasses) with the most errors are shown, most "
        + "errors first."
    return ConfusionMatrix(evaluation).figure(
      caption:
        "The number of images for each true class (row) and predicted class (column). Correct answers are on the "
        + "diagonal; the stronger the color, the larger the share of the row.\(selection)")
  }

  private static let metricsMeaning =
    "Precision: the share of images predicted as the class that belong to it. Recall: the share of images of the class "
    + "that are predicted as it. F1: the harmonic mean of both."

  private var metricsTable: String {
    Page.table(
      caption: Self.metricsMeaning, header: ["class", "precision", "recall", "F1"],
      rows: evaluation.classMetrics.map { row(of: $0) })
  }

  private func row(of metrics: ClassMetrics) -> [String] {
    let unknown = "unknown"
    return [
      metrics.name, metrics.precision.map { Ticks.percent($0.value) } ?? unknown,
      metrics.recall.map { Ticks.percent($0.value) } ?? unknown,
      metrics.f1.map { fixed($0, digits: 3) } ?? unknown,
    ]
  }

  /// The classes with the lowest F1 scores, and a table of all classes that can be opened.
  private var worstTable: String {
    let header = ["class", "precision", "recall", "F1", "images"]
    let rows = evaluation.classMetricsByF1.map { row(of: $0) + ["\($0.labelled)"] }
    let most = Evaluation.mostShownClasses
    return Page.table(
      caption: "The \(most) classes with the lowest F1 scores. \(Self.metricsMeaning)", header: header,
      rows: Array(rows.prefix(most)))
      + "\n"
      + Page.details(
        "All \(rows.count) classes", Page.table(caption: "All classes, lowest F1 first.", header: header, rows: rows))
  }

  private var numbers: String {
    let area = evaluation.areaUnderROC.map { ["area under the ROC curve", fixed($0, digits: 3)] }
    return Page.table(
      caption: "Quality of the predicted probabilities.", header: ["measure", "value"],
      rows: [
        ["balanced accuracy", Ticks.percent(evaluation.balancedAccuracy)],
        ["log loss", fixed(evaluation.cost(), digits: 4)], ["Brier score", fixed(evaluation.brierScore, digits: 4)],
        ["calibration error", fixed(evaluation.calibration.error, digits: 4)],
      ] + [area].compactMap(\.self))
  }

  /// The ROC curve, the precision-recall curve and the calibration of two classes.
  private func curves(_ figure: EvaluationFigure) -> [String] {
    let charts = [("roc", figure.roc), ("precision-recall", figure.precisionRecall)]
    return charts.compactMap { id, chart in
      chart.map { Page.figure($0.drawing(width: 390, height: 310), id: id, caption: $0.summary) }
    } + [calibration(figure)]
  }

  private func calibration(_ figure: EvaluationFigure) -> String {
    Page.figure(
      figure.calibration.drawing(width: 390, height: 310), id: "calibration", caption: figure.calibration.summary)
  }

  /// The curves of each of several classes in a panel of its own.
  private func panels(_ figure: EvaluationFigure) -> [String] {
    [
      Page.figure(
        figure.rocPanels.map { $0.drawing() }, id: "roc",
        caption:
          "ROC curves: the true positive rate (up) against the false positive rate (right) of each class, with the "
          + "area under the curve. The further above the diagonal, the better.\(selection)"),
      Page.figure(
        figure.precisionRecallPanels.map { $0.drawing() }, id: "precision-recall",
        caption: "Precision (up) against recall (right) of each class, with the average precision. The higher, the "
          + "better.\(selection)"),
    ]
  }
}
