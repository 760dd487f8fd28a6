import PerceptDatasets
import PerceptLinearAlgebra

extension Evaluation {
  /// The area under the ROC curve of class 1 of two, or the mean over more classes, each against all others; nil if a
  /// class has no examples. O(n · K · log(n / K)) for n examples and K classes of equal size.
  package var areaUnderROC: Double? {
    if classNames.count == 2 { return curves(of: 1).areaUnderROC }
    let positives = PositiveProbabilities(outcomes, classes: classNames.count)
    var wins = Array(repeating: 0, count: classNames.count)
    for outcome in outcomes {
      for (label, probability) in outcome.prediction.probabilities.enumerated() where label != outcome.example.label {
        wins[label] += positives.wins(of: label, over: probability)
      }
    }
    let areas = wins.indices.compactMap { label -> Double? in
      let count = positives.count(of: label)
      return count > 0 ? Double(wins[label]) / Double(2 * count * (outcomes.count - count)) : nil
    }
    return areas.count == classNames.count ? areas.reduce(0, +) / Double(areas.count) : nil
  }
}

/// For each class, the probabilities of the class for its own examples, in ascending order.
private struct PositiveProbabilities {
  private let values: [Double]
  /// The values of class k are at `starts[k]..<starts[k + 1]`.
  private let starts: [Int]

  init(_ outcomes: [Evaluation.Outcome], classes: Int) {
    var groups = Array(repeating: [Double](), count: classes)
    for outcome in outcomes {
      let label = outcome.example.label
      groups[label].append(outcome.prediction.probabilities[label])
    }
    values = groups.flatMap { $0.sorted() }
    starts = groups.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
  }

  func count(of label: Int) -> Int { starts[label + 1] - starts[label] }

  /// Returns twice the number of examples of the class with a larger probability, plus the number with an equal one.
  func wins(of label: Int, over probability: Double) -> Int {
    let end = starts[label + 1]
    let first = (starts[label]..<end).partitioningIndex { values[$0] >= probability }
    let isTied = first < end && values[first] == probability
    let last = isTied ? (first..<end).partitioningIndex { values[$0] > probability } : first
    return 2 * (end - last) + (last - first)
  }
}
