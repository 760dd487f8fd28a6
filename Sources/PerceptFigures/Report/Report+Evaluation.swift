import PerceptModels

extension Report {
  var evaluationSection: String {
    let matrix = ConfusionMatrix(evaluation)
    let wrong = evaluation.misclassified
    let grid = ImageGrid.misclassified(evaluation)
    let more = wrong.count > grid.cells.count ? " Showing the first \(grid.cells.count) of \(wrong.count)." : ""
    return Page.section(
      "Evaluation",
      [
        Page.paragraph(answer), metricsTable, numbers,
        Page.figure(matrix.drawing, id: "confusion", caption: "Correct answers are on the diagonal."),
        wrong.isEmpty
          ? Page.paragraph("No image is misclassified.")
          : Page.figure(grid, caption: "The misclassified images, most confident first.\(more)"),
      ] + curves)
  }

  private var metricsTable: String {
    let unknown = "unknown"
    let rows = evaluation.classMetrics.map { metrics in
      [
        metrics.name, metrics.precision.map { Ticks.percent($0.value) } ?? unknown,
        metrics.recall.map { Ticks.percent($0.value) } ?? unknown,
        metrics.f1.map { Ticks.label(significant($0)) } ?? unknown,
      ]
    }
    return Page.table(
      caption:
        "Precision: the share of images predicted as the class that belong to it. Recall: the share of images of the class "
        + "that are predicted as it. F1: the harmonic mean of both.", header: ["class", "precision", "recall", "F1"],
      rows: rows)
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
