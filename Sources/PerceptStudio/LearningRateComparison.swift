import PerceptFigures
import PerceptImages
import PerceptModels
import PerceptTraining

/// Trainings that differ in their learning rate, side by side.
struct LearningRateComparison: Sendable {
  struct Run: Sendable {
    let rate: Double
    /// Nil where it diverged before it learned anything.
    let session: TrainingSession?
  }

  let runs: [Run]

  /// The curves in one chart, and the weights of each.
  var html: Fragment {
    let trained = runs.compactMap { run in
      run.session.map { (name: Ticks.label(run.rate), record: $0.classifier.record) }
    }
    var splits: [String] = []
    if !trained.isEmpty {
      var chart = Chart.learningCurve(
        trained.map { (name: $0.name, costs: $0.record.costs) }, title: "Learning rates side by side",
        unit: trained[0].record.settings.batchSize == nil ? "iteration" : "epoch")
      chart.marks = []
      let first = trained.compactMap(\.record.costs.first).max() ?? 1
      // One that jumps would press all others flat.
      if trained.contains(where: { ($0.record.costs.max() ?? 0) > 2 * first }) { chart.yScale = .logarithmic }
      splits.append(
        Page.figure(
          chart.drawing(width: TrainingSession.curveWidth, height: 300), id: "race-curve",
          caption: "The cost at each rate."))
    }
    splits.append("<div class=\"lanes\">" + runs.map(Self.html).joined() + "</div>")
    return Fragment(html: splits.joined(separator: "\n"))
  }

  private static func html(_ run: Run) -> String {
    let rate = Ticks.label(run.rate)
    guard let session = run.session else {
      return
        "<figure class=\"lane\"><div class=\"film\"></div><figcaption><b>\(rate)</b>: diverged at once, nothing learned</figcaption></figure>"
    }
    let score = session.judged.evaluation.score
    let result =
      session.run.divergence == nil
      ? "cost \(short(session.run.costs.last ?? 0))"
      : "diverged, lowest cost \(short(session.run.divergence?.lowestCost ?? 0))"
    return
      "<figure class=\"lane\">\(session.weightsStrip)<figcaption><b>\(rate)</b>: \(result); \(score.correct) of \(score.count) "
      + "\(session.judged.name) photos right</figcaption></figure>"
  }
}

extension TrainingSession {
  /// The weights as they ended, with the address of what they were before.
  var weightsStrip: String {
    let iterations = frames.map { "\($0.iteration)" }.joined(separator: " ")
    let address = escaped("film.png?" + settings.query)
    return lastImage.strip(" data-film=\"\(address)\" data-iterations=\"\(iterations)\"")
  }
}

extension Image {
  /// A picture of weights as an element of the page.
  func strip(_ attributes: String = "") -> String {
    "<div class=\"film\" role=\"img\" aria-label=\"The weights as a picture: red speaks for one class, blue for the other\" "
      + "style=\"aspect-ratio:\(width)/\(height);background-image:url(\(losslessDataURI))\"\(attributes)></div>"
  }
}

/// A piece of the page.
struct Fragment: Encodable {
  let html: String
}
