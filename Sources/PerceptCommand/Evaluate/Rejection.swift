import ArgumentParser
import Percept

/// What stands in place of a class where an answer is too improbable.
let unsure = "unsure"

/// Refuses a probability that is none.
func checkRejection(_ probability: Double?) throws {
  guard (0...1).contains(probability ?? 0) else {
    throw ValidationError("--reject-below is from 0 to 1, as 0.8; \(probability ?? 0) is not.")
  }
}

/// How right a model is where it says nothing improbable.
struct Rejection {
  struct Output: Encodable {
    let below: Double
    let count: Int
    /// The score on the others; null where there are none.
    let others: ScoreOutput?
  }

  let below: Double
  let unsureCount: Int
  let score: Score?

  init(_ evaluation: Evaluation, below probability: Double) {
    below = probability
    score = evaluation.sure(atLeast: probability)?.score
    unsureCount = evaluation.outcomes.count - (score?.count ?? 0)
  }

  var output: Output { Output(below: below, count: unsureCount, others: score.map(ScoreOutput.init)) }

  var lines: [String] {
    let total = unsureCount + (score?.count ?? 0)
    let head = "\(unsure): \(unsureCount) of \(total) (probability below \(below.significant(6)))"
    guard let score else { return ["\(head); no answer is left"] }
    return ["\(head); accuracy of the other answers: \(score.summary); \(score.baseline)"]
  }
}
