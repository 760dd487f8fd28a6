import ArgumentParser
import Percept

/// The answer if the probability is below the confidence threshold.
let unsure = "unsure"

/// Throws `ValidationError` if the value of `--reject-below` is not a probability.
func checkRejection(_ probability: Double?) throws {
  guard (0...1).contains(probability ?? 0) else {
    throw ValidationError("--reject-below must be from 0 to 1, such as 0.8 (got \(probability ?? 0)).")
  }
}

/// The effect of a confidence threshold: the number of unsure answers, and the score of the others.
struct Rejection {
  struct Output: Encodable {
    let below: Double
    let count: Int
    /// The score of the other answers; null if there are none.
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
    guard let score else { return ["\(head); no other answers"] }
    return ["\(head); accuracy of the other answers: \(score.summary); \(score.baseline)"]
  }
}
