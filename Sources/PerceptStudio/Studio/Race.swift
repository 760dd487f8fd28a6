import Classification
import Figures
import Images
import Training

/// Trainings that differ in their learning rate, side by side.
struct Race: Sendable {
  struct Lane: Sendable {
    let rate: Double
    /// Nil where it diverged before it learned anything.
    let lesson: Lesson?
  }

  let lanes: [Lane]

  /// The curves in one chart, and the weights of each.
  var html: Fragment {
    let trained = lanes.compactMap { lane in
      lane.lesson.map { (name: Ticks.label(lane.rate), record: $0.classifier.record) }
    }
    var parts: [String] = []
    if !trained.isEmpty {
      var chart = Chart.learningCurve(
        trained.map { (name: $0.name, costs: $0.record.costs) }, title: "Learning rates side by side",
        unit: trained[0].record.settings.batchSize == nil ? "iteration" : "epoch")
      chart.marks = []
      let first = trained.compactMap(\.record.costs.first).max() ?? 1
      // One that jumps would press all others flat.
      if trained.contains(where: { ($0.record.costs.max() ?? 0) > 2 * first }) { chart.yScale = .logarithmic }
      parts.append(
        Page.figure(
          chart.drawing(width: Lesson.curveWidth, height: 300), id: "race-curve", caption: "The cost at each rate."))
    }
    parts.append("<div class=\"lanes\">" + lanes.map(Self.html).joined() + "</div>")
    return Fragment(html: parts.joined(separator: "\n"))
  }

  private static func html(_ lane: Lane) -> String {
    let rate = Ticks.label(lane.rate)
    guard let lesson = lane.lesson else {
      return
        "<figure class=\"lane\"><div class=\"film\"></div><figcaption><b>\(rate)</b>: diverged at once, nothing learned</figcaption></figure>"
    }
    let score = lesson.judged.evaluation.score
    let result =
      lesson.run.divergence == nil
      ? "cost \(short(lesson.run.costs.last ?? 0))"
      : "diverged, lowest cost \(short(lesson.run.divergence?.lowestCost ?? 0))"
    return
      "<figure class=\"lane\">\(lesson.filmStrip)<figcaption><b>\(rate)</b>: \(result); \(score.correct) of \(score.count) "
      + "\(lesson.judged.name) photos right</figcaption></figure>"
  }
}

extension Lesson {
  /// The weights as they ended, with the address of what they were before.
  var filmStrip: String {
    let iterations = frames.map { "\($0.iteration)" }.joined(separator: " ")
    let address = escaped("film.png?" + settings.query)
    return lastPicture.strip(" data-film=\"\(address)\" data-iterations=\"\(iterations)\"")
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
