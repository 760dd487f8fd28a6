package import PerceptModels
import PerceptTraining

extension Chart {
  /// The sigmoid function for x from -10 to 10 at 100 points, as in the article.
  package static var sigmoid: Chart {
    let points = (0..<100).map { -10 + 20 * Double($0) / 99 }.map { (x: $0, y: PerceptModels.sigmoid($0)) }
    var chart = Chart(
      title: "Sigmoid Function",
      summary: "An S-shaped curve that rises from 0 on the left through 0.5 at x = 0 to 1 on the right.", xLabel: "x",
      yLabel: "a (sigmoid(x))", series: [Series(name: "sigmoid(x)", points: points)])
    chart.yRange = 0...1
    return chart
  }

  /// Learning curves with the learning rate in the title, as in the article. The name of a single run is not shown.
  package static func learningCurve(
    of runs: [(name: String, record: TrainingRecord)], scale: Scale = .linear
  ) -> Chart {
    func rate(_ record: TrainingRecord) -> String {
      record.configuration.optimizer == .lbfgs
        ? Optimizer.lbfgs.name : Ticks.label(Ticks.significant(record.learningRate, digits: 4))
    }
    let rates = Set(runs.map { rate($0.record) })
    var title = rates.count == 1 ? "Learning curves" : "Learning curves (learning rate)"
    if runs.count == 1, let only = rates.first {
      title = only == Optimizer.lbfgs.name ? only : "Learning rate = \(only)"
    }
    return learningCurve(
      runs.map { run in
        let name = rates.count == 1 ? run.name : "\(run.name) (\(rate(run.record)))"
        return (name: runs.count == 1 ? "cost" : name, costs: run.record.costs)
      },
      title: title, scale: scale,
      unit: runs.allSatisfy { $0.record.configuration.batchSize != nil } ? "epoch" : "iteration")
  }

  /// The costs of training runs against the iteration or epoch. Each of ``TrainingRecord/rises(in:)`` is marked.
  package static func learningCurve(
    _ runs: [(name: String, costs: [Double])], title: String, scale: Scale = .linear, unit: String = "iteration"
  ) -> Chart {
    let series = runs.map { run in
      Series(name: run.name, points: run.costs.enumerated().map { (x: Double($0), y: $1) })
    }
    let rises = runs.flatMap { run in
      TrainingRecord.rises(in: run.costs).map { (x: Double($0), y: run.costs[$0]) }
    }
    let falls = runs.allSatisfy { ($0.costs.last ?? 0) <= ($0.costs.first ?? 0) }
    var chart = Chart(
      title: title,
      summary: "The cost \(falls ? "falls" : "does not always fall") over the \(unit)s"
        + (rises.isEmpty ? "." : "; it rises at \(rises.count) of them, which are marked."),
      xLabel: unit, yLabel: "cost", series: series)
    chart.marks = rises.map { Mark(x: $0.x, y: $0.y) }
    chart.markLabel = "cost rose"
    chart.yScale = scale
    return chart
  }

  /// Histograms of pixel values, `histograms[channel][bin]`, as fractions of all pixels of the channel. One curve per channel.
  package static func histogram(
    _ histograms: [[Int]], centers: [Double], title: String, label: String
  ) -> Chart {
    let names = histograms.count == 1 ? ["gray"] : ["red", "green", "blue"]
    let roles: [Role] = histograms.count == 1 ? [.muted] : [.accent, .series(2), .series(0)]
    let series = zip(zip(names, roles), histograms).map { channel, counts in
      let total = Double(max(counts.reduce(0, +), 1))
      var series = Series(name: channel.0, points: zip(centers, counts).map { (x: $0, y: Double($1) / total) })
      series.role = channel.1
      return series
    }
    var chart = Chart(
      title: title,
      summary: "The share of pixels with each value, for \(names.prefix(histograms.count).joined(separator: ", ")).",
      xLabel: label, yLabel: "share of pixels", series: series)
    chart.cutPeak()
    return chart
  }

  /// Ends the vertical axis below a single high peak, such as that of a black background, which would flatten everything else,
  /// and says how high the peak is.
  private mutating func cutPeak() {
    let points = series.flatMap(\.points).sorted { $0.y > $1.y }
    guard let peak = points.first, points.count > 8 * series.count else { return }
    let next = points[3 * series.count].y
    guard next > 0, peak.y > 5 * next else { return }
    yRange = 0...Ticks.rounded(0...(1.2 * next)).upperBound
    xLabel += " (at \(Ticks.label(peak.x)): \(Ticks.percent(peak.y)) of the pixels)"
  }
}
