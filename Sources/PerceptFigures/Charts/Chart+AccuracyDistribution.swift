import PerceptDatasets
import PerceptModels
package import PerceptTraining

extension Chart {
  /// A histogram of accuracy over the folds. The width of a bin is 1/n for a smallest fold of n images, but at least 1/25.
  package static func accuracyDistribution(of evaluation: CrossValidatedEvaluation) -> Chart {
    let accuracies = evaluation.folds.map(\.accuracy)
    let bins = min(evaluation.folds.map(\.count).min() ?? 1, 25)
    var counts = Array(repeating: 0, count: bins + 1)
    for accuracy in accuracies { counts[Int((accuracy * Double(bins)).rounded())] += 1 }
    // The outline of the bars: two points along the top of each.
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
      title: "Accuracy of \(counted(evaluation.folds.count, "fold"))",
      summary:
        "The distribution of accuracy over folds, from \(Ticks.percent(accuracies.min() ?? 0)) to "
        + "\(Ticks.percent(accuracies.max() ?? 0)). Overall, \(Ticks.percent(score.accuracy)) of the answers are correct; always "
        + "answering \(score.majorityClass) is correct for \(Ticks.percent(score.majority)).",
      xLabel: "accuracy", yLabel: "number of folds",
      series: [
        Series(name: "folds", points: outline), upright("overall", score.accuracy, .series(1)),
        upright("always \(score.majorityClass)", score.majority, .muted),
      ])
    chart.xRange = 0...1
    return chart
  }
}
