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
    let wrong = evaluation.misclassified
    let grid = ImageGrid.misclassified(evaluation)
    let more = wrong.count > grid.cells.count ? " Showing the first \(grid.cells.count) of \(wrong.count)." : ""
    let mistakes =
      wrong.isEmpty
      ? Page.paragraph("No image is misclassified.")
      : Page.figure(grid, caption: "The misclassified images, most confident first.\(more)")
    let classes = showsAllClasses ? everyClass : worstClasses
    return Page.section("Evaluation", [Page.paragraph(answer)] + classes + [mistakes] + curves)
  }

  /// The metrics of each class and the confusion matrix.
  private var everyClass: [String] {
    [
      metricsTable, numbers,
      Page.figure(
        ConfusionMatrix(evaluation).drawing, id: "confusion", caption: "Correct answers are on the diagonal."),
    ]
  }

  /// The parts that replace ``everyClass`` if there are many classes. Their size is linear in the number of classes.
  private var worstClasses: [String] {
    let chart = EvaluationFigure(evaluation).accuracyByClass.map {
      Page.figure($0.drawing(width: 520, height: 360), id: "accuracy-by-class", caption: $0.summary)
    }
    return [numbers, chart ?? "", worstTable, confusionTable]
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
      metrics.f1.map { Ticks.label(significant($0)) } ?? unknown,
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

  /// The most frequent confusions; empty if there are none.
  private var confusionTable: String {
    let confusions = evaluation.confusions
    guard !confusions.isEmpty else { return "" }
    let rows = confusions.prefix(Evaluation.mostShownClasses).map { confusion in
      [
        evaluation.classNames[confusion.label], evaluation.classNames[confusion.prediction],
        "\(confusion.count) of \(confusion.labelled)", Ticks.percent(confusion.share.value),
      ]
    }
    let more = confusions.count > rows.count ? " Showing \(rows.count) of \(confusions.count) pairs of classes." : ""
    return Page.table(
      caption: "The most frequent confusions: images of a class that are predicted as another class.\(more)",
      header: ["class", "predicted as", "images", "share of the class"], rows: rows)
  }

  private var numbers: String {
    let area = evaluation.areaUnderROC.map { ["area under the ROC curve", Ticks.label(significant($0))] }
    return Page.table(
      caption: "Quality of the predicted probabilities.", header: ["measure", "value"],
      rows: [
        ["balanced accuracy", Ticks.percent(evaluation.balancedAccuracy)], ["log loss", rounded(evaluation.cost())],
        ["Brier score", rounded(evaluation.brierScore)], ["calibration error", rounded(evaluation.calibration.error)],
      ] + [area].compactMap(\.self))
  }

  private var curves: [String] {
    let figure = EvaluationFigure(evaluation)
    let charts = [
      ("roc", figure.roc), ("precision-recall", figure.precisionRecall), ("calibration", figure.calibration),
    ]
    return charts.compactMap { id, chart in
      chart.map { Page.figure($0.drawing(width: 460, height: 380), id: id, caption: $0.summary) }
    }
  }
}
