import PerceptFigures
import PerceptImages
import PerceptModels
import PerceptTraining

/// A comparison of trainings that differ only in their learning rate.
struct LearningRateComparison: Sendable {
  struct Run: Sendable {
    let rate: Double
    /// The training, or nil if it diverged in its first iterations.
    let session: TrainingSession?
  }

  let runs: [Run]

  var html: Fragment {
    let trained = runs.compactMap { run in
      run.session.map { (name: Ticks.label(run.rate), record: $0.classifier.record) }
    }
    var sections: [String] = []
    if !trained.isEmpty {
      var chart = Chart.learningCurve(
        trained.map { (name: $0.name, costs: $0.record.costs) }, title: "Comparison of learning rates",
        unit: trained[0].record.configuration.batchSize == nil ? "iteration" : "epoch")
      chart.marks = []
      let first = trained.compactMap(\.record.costs.first).max() ?? 1
      // On a linear scale, one curve with large jumps would flatten all others.
      if trained.contains(where: { ($0.record.costs.max() ?? 0) > 2 * first }) { chart.yScale = .logarithmic }
      sections.append(
        Page.figure(
          chart.drawing(width: TrainingSession.curveWidth, height: 300), id: "comparison-curve",
          caption: "The cost at each learning rate."))
    }
    sections.append("<div class=\"runs\">" + runs.map(Self.html).joined() + "</div>")
    return Fragment(html: sections.joined(separator: "\n"))
  }

  private static func html(_ run: Run) -> String {
    let rate = Ticks.label(run.rate)
    guard let session = run.session else {
      return
        "<figure class=\"run\"><div class=\"weights\"></div><figcaption><b>\(rate)</b>: diverged immediately</figcaption></figure>"
    }
    let score = session.judged.evaluation.score
    let result =
      session.run.divergence == nil
      ? "cost \(short(session.run.costs.last ?? 0))"
      : "diverged, lowest cost \(short(session.run.divergence?.lowestCost ?? 0))"
    return
      "<figure class=\"run\">\(session.comparedTiles)<figcaption><b>\(rate)</b>: <span class=\"frame-words\">\(result); "
      + "\(score.correct) of \(score.count) \(session.judged.name) photos correct</span></figcaption></figure>"
  }
}

/// A fragment of the page, as a JSON response.
struct Fragment: Encodable {
  let html: String
}
