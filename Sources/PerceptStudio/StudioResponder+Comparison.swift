import HTTPTypes
import Hummingbird
import PerceptFigures
import PerceptModels
import PerceptServer

/// Trainings that differ in one setting.
extension StudioResponder {
  private struct Gain: Encodable {
    let words: String
  }

  /// The accuracy of settings in words, for the choices of the page.
  func gain(_ settings: StudioSettings) async throws -> Response {
    let judged = try await session(settings).judged
    let score = judged.evaluation.score
    let interval = Proportion(score.correct, of: score.count).interval
    let words =
      "\(Ticks.percent(score.accuracy)) of \(score.count) \(TrainingSession.adjective(judged.name)) photos (95 % interval "
      + "\(Ticks.percent(interval.lowerBound).dropLast(2)) to \(Ticks.percent(interval.upperBound)))"
    return Response(json: Gain(words: Page.unbroken(words)))
  }

  func comparison(_ settings: StudioSettings, _ rates: String) async throws -> Response {
    let numbers = rates.split(separator: ",").compactMap { Double($0) }.filter { $0 > 0 && $0.isFinite }
    guard !numbers.isEmpty, numbers.count <= 6 else {
      throw RequestError(.badRequest, "rates must be 1 to 6 positive numbers, separated by commas (got \(rates))")
    }
    var runs: [LearningRateComparison.Run] = []
    for rate in numbers {
      var other = settings
      other.learningRate = .fixed(rate)
      do {
        runs.append(LearningRateComparison.Run(rate: rate, session: try await session(other)))
      } catch let error as RequestError where error.status == .unprocessableContent {
        runs.append(LearningRateComparison.Run(rate: rate, session: nil))
      }
    }
    let comparison = LearningRateComparison(runs: runs)
    return Response(json: try await pool.run { comparison.html })
  }
}
