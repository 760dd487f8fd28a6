import PerceptDatasets
import PerceptFigures
import PerceptModels
import PerceptTraining

/// What the page shows of each frame while the iteration slider moves.
extension TrainingSession {
  /// The description of each frame, and its position on the learning curve.
  var moments: [Moment] {
    let costs = run.costs
    let points = frames.map { min(max($0.iteration, 0) / perEpoch, max(costs.count - 1, 0)) }
    let places = curve.places(of: points.map { Double($0) }, width: Self.curveWidth)
    return zip(frames, zip(points, places)).map { frame, at in
      var words = frame.iteration < 0 ? "before the first iteration" : "after iteration \(frame.iteration)"
      if frame.iteration >= 0, costs.indices.contains(at.0) { words += ": cost \(short(costs[at.0]))" }
      let correct = evaluations.compactMap { name, evaluation in
        frame.results[name].map {
          "\($0.correct) of \(evaluation.outcomes.count) \(Self.adjective(name))"
        }
      }
      if !correct.isEmpty { words += ", correct: \(correct.joined(separator: ", ")) photos" }
      return Moment(iteration: frame.iteration, words: words, place: at.1, limit: Double(frame.largest))
    }
  }

  struct Moment: Encodable {
    let iteration: Int
    let words: String
    /// The horizontal position on the learning curve, as a fraction of its width.
    let place: Double
    /// The absolute weight that has the full color.
    let limit: Double
  }

  /// The upper and lower end of the plot of the learning curve, as fractions of the height of the drawing.
  var plot: [Double] {
    let area = curve.plotArea(width: Self.curveWidth, height: Self.curveHeight)
    return [area.top, area.bottom]
  }

  /// An image of the dataset with its probabilities in each frame, for the workbench; nil if there is no such image.
  func shown(_ split: String, _ index: Int) -> Shown? {
    guard let evaluation = evaluation(split), evaluation.outcomes.indices.contains(index) else { return nil }
    let (outcome, classes) = (evaluation.outcomes[index], names.count)
    return Shown(
      part: split, index: index, label: outcome.example.label, file: shortName(outcome.example.file),
      source: "photo.png?part=\(split)&index=\(index)&\(settings.imageQuery)",
      probabilities: outcome.prediction.probabilities, count: evaluation.outcomes.count,
      moments: frames.map { frame in
        if let classifier = frame.classifier {
          return evaluation.dataset.withFeatures(of: index, classifier.predict).probabilities.map { Float($0) }
        }
        return frame.results[split].map { Array($0.probabilities[index * classes..<(index + 1) * classes]) }
      })
  }

  struct Shown: Encodable {
    let part: String
    let index: Int
    let label: Int
    let file: String
    let source: String
    /// The probabilities after the training.
    let probabilities: [Double]
    /// The number of images in the split.
    let count: Int
    /// The probability of each class in each frame; nil in frames without results.
    let moments: [[Float]?]
  }
}
