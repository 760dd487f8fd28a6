import PerceptIO

/// A calibration curve: predicted probabilities compared with the fraction of predictions that are correct. In a
/// calibrated classifier, about 80 % of the predictions with a probability of about 80 % are correct.
package struct Calibration: Sendable, Hashable {
  /// The predictions whose probabilities lie in one interval.
  package struct Bin: Sendable, Hashable {
    /// The mean probability of the predictions.
    package let probability: Double
    /// The proportion of the predictions that are correct.
    package let right: Proportion
  }

  /// The bins that contain predictions, in ascending order of probability.
  package let bins: [Bin]

  /// Creates `count` ≥ 1 bins of equal width in 0 … 1 from probabilities, and whether each prediction is correct.
  package init(probabilities: [Double], isRight: [Bool], bins count: Int = 10) {
    precondition(
      probabilities.count == isRight.count && count > 0, "needs one outcome for each probability, and at least one bin")
    var members = Array(repeating: [Int](), count: count)
    for (index, probability) in probabilities.enumerated() {
      // A bin includes its upper bound but not its lower bound; the first bin includes both.
      let place = Int(nearest: (probability * Double(count)).rounded(.up)) - 1
      members[min(max(place, 0), count - 1)].append(index)
    }
    bins = members.filter { !$0.isEmpty }.map { bin in
      Bin(
        probability: bin.reduce(0) { $0 + probabilities[$1] } / Double(bin.count),
        right: Proportion(bin.count { isRight[$0] }, of: bin.count))
    }
  }

  /// The expected calibration error, 0 … 1: the mean absolute difference between a bin's probability and its fraction
  /// of correct predictions, weighted by the number of predictions in the bin.
  package var error: Double {
    let count = bins.reduce(0) { $0 + $1.right.count }
    return bins.reduce(0) { $0 + abs($1.probability - $1.right.value) * Double($1.right.count) } / Double(count)
  }
}

extension Evaluation {
  /// The calibration of the predicted classes: the probability of each prediction, and whether it is correct.
  package var calibration: Calibration {
    Calibration(probabilities: outcomes.map(\.prediction.probability), isRight: outcomes.map(\.isCorrect))
  }
}
