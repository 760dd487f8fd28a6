import PerceptDatasets
import PerceptModels
public import PerceptTraining

extension Chart {
  /// How many of the folds of a cross-validation had which accuracy, beside what always giving the most frequent answer gets right.
  ///
  /// - Parameter evaluation: what was found.
  /// - Returns: a histogram; a bar is as wide as one picture of the smallest fold, but not narrower than 1/25.
  public static func accuracyDistribution(of evaluation: CrossValidatedEvaluation) -> Chart {
    let accuracies = evaluation.folds.map(\.accuracy)
    let bins = min(evaluation.folds.map(\.count).min() ?? 1, 25)
    var counts = Array(repeating: 0, count: bins + 1)
    for accuracy in accuracies { counts[Int((accuracy * Double(bins)).rounded())] += 1 }
    // From the floor up to each bar, along its top and down.
    let outline = counts.indices.flatMap { bin in
      [-0.5, 0.5].map { (x: min(max((Double(bin) + $0) / Double(bins), 0), 1), y: Double(counts[bin])) }
    }
    let (score, highest) = (evaluation.score, Double(counts.max() ?? 1))
    func upright(_ name: String, _ x: Double, _ role: Role) -> Series {
      var series = Series(name: name, points: [(x, 0), (x, highest)])
      series.role = role
      return series
    }
    var chart = Chart(
      title: "\(counted(evaluation.folds.count, "test")) of the same way to train",
      summary:
        "How many tests had which accuracy: from \(Ticks.percent(accuracies.min() ?? 0)) to \(Ticks.percent(accuracies.max() ?? 0)). "
        + "Over all, \(Ticks.percent(score.accuracy)) of the answers are right; always answering \(score.majorityClass) gets "
        + "\(Ticks.percent(score.majority)) right.",
      xLabel: "share that is right", yLabel: "number of tests",
      series: [
        Series(name: "tests", points: outline), upright("over all", score.accuracy, .series(1)),
        upright("always \(score.majorityClass)", score.majority, .muted),
      ])
    chart.xRange = 0...1
    return chart
  }
}
