import Percept

extension Evaluation {
  var metricsLines: [String] { linesOfMetrics(means: nil) }

  /// Returns the metrics as lines. If this evaluation has the predictions of several repeats, `means` is the confusion
  /// matrix of the images, as rounded means over the repeats. Of many classes, lists those with the lowest F1 scores.
  func linesOfMetrics(means: [[Int]]?) -> [String] {
    let isComplete = classNames.count <= Evaluation.mostShownClasses
    let shown = isComplete ? classMetrics : Array(classMetricsByF1.prefix(Evaluation.mostShownClasses))
    let rows = shown.map { metrics -> [String] in
      let mean = means.map { "about \($0[metrics.label][metrics.label]) of \($0[metrics.label].reduce(0, +)) found" }
      return [
        "  \(metrics.name)", mean ?? "\(metrics.truePositives) of \(metrics.labelled) found",
        "precision \(metrics.precision.map { percent($0.part, of: $0.count) } ?? "undefined")",
        "recall \(metrics.recall.map { percent($0.part, of: $0.count) } ?? "undefined")",
        "F1 \(metrics.f1?.fixed(3) ?? "undefined")",
      ]
    }
    let area = areaUnderROC.map { ", area under ROC \($0.fixed(3))" } ?? ""
    let more = isComplete ? [] : ["  … and \(classNames.count - shown.count) more classes, lowest F1 first (--json)"]
    return aligned(rows) + more + [
      "balanced accuracy \((100 * balancedAccuracy).fixed(1)) %, log loss \(cost().fixed(4)), Brier score "
        + "\(brierScore.fixed(4))\(area)"
    ]
  }
}

struct MetricsOutput: Encodable {
  struct Class: Encodable {
    let name: String
    let labelled: Int
    let answered: Int
    let correct: Int
    let precision: Double?
    let recall: Double?
    let f1: Double?

    /// The counts are those of `means` if it is given, see ``MetricsOutput/init(_:means:)``.
    init(_ metrics: ClassMetrics, label: Int, means: [[Int]]?) {
      name = metrics.name
      labelled = means?[label].reduce(0, +) ?? metrics.labelled
      answered = means?.reduce(0) { $0 + $1[label] } ?? metrics.answered
      correct = means?[label][label] ?? metrics.truePositives
      (precision, recall, f1) = (metrics.precision?.value, metrics.recall?.value, metrics.f1)
    }
  }

  let classes: [Class]
  let confusion: [[Int]]
  let balancedAccuracy: Double
  let logLoss: Double
  let brierScore: Double
  let areaUnderROC: Double?
  let calibrationError: Double

  /// If the evaluation has the predictions of several repeats, `means` is the confusion matrix of the images, as
  /// rounded means over the repeats.
  init(_ evaluation: Evaluation, means: [[Int]]? = nil) {
    classes = evaluation.classMetrics.enumerated().map { Class($1, label: $0, means: means) }
    confusion = means ?? evaluation.confusion
    (balancedAccuracy, logLoss) = (evaluation.balancedAccuracy, evaluation.cost())
    (brierScore, areaUnderROC) = (evaluation.brierScore, evaluation.areaUnderROC)
    calibrationError = evaluation.calibration.error
  }
}

struct VerdictOutput: Encodable {
  let verdict: String
  let finding: PairedComparison.Finding
  let pValue: Double
  let morePictures: Int?

  init(_ verdict: Verdict) {
    (self.verdict, finding) = (verdict.sentence, verdict.finding)
    (pValue, morePictures) = (verdict.comparison.pValue, verdict.morePictures)
  }
}
