import Percept

extension Evaluation {
  var metricsLines: [String] {
    let rows = classMetrics.map { metrics in
      [
        "  \(metrics.name)", "\(metrics.truePositives) of \(metrics.labelled) found",
        "precision \(metrics.precision.map { percent($0.part, of: $0.count) } ?? "undefined")",
        "recall \(metrics.recall.map { percent($0.part, of: $0.count) } ?? "undefined")",
        "F1 \(metrics.f1?.fixed(3) ?? "undefined")",
      ]
    }
    let area = areaUnderROC.map { ", area under ROC \($0.fixed(3))" } ?? ""
    return aligned(rows) + [
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

    init(_ metrics: ClassMetrics) {
      (name, labelled, answered) = (metrics.name, metrics.labelled, metrics.answered)
      correct = metrics.truePositives
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

  init(_ evaluation: Evaluation) {
    classes = evaluation.classMetrics.map(Class.init)
    confusion = evaluation.confusion
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
