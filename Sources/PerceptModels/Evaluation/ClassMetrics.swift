import PerceptDatasets

/// The precision, recall, and F1 score of one class.
package struct ClassMetrics: Sendable, Hashable {
  package let name: String
  package let truePositives: Int
  /// The number of examples labeled with the class.
  package let labelled: Int
  /// The number of examples predicted as the class.
  package let answered: Int

  /// The proportion of the examples predicted as the class that have it; nil if there are none.
  package var precision: Proportion? { answered > 0 ? Proportion(truePositives, of: answered) : nil }

  /// The proportion of the examples of the class that are predicted as it; nil if there are none.
  package var recall: Proportion? { labelled > 0 ? Proportion(truePositives, of: labelled) : nil }

  /// The harmonic mean of precision and recall, 2·TP / (labeled + predicted); nil if the class occurs in neither.
  package var f1: Double? {
    labelled + answered > 0 ? 2 * Double(truePositives) / Double(labelled + answered) : nil
  }
}

extension Evaluation {
  /// The confusion matrix: the number of examples, `confusion[label][prediction]`.
  package var confusion: [[Int]] {
    var counts = Array(repeating: Array(repeating: 0, count: classNames.count), count: classNames.count)
    for outcome in outcomes { counts[outcome.example.label][outcome.prediction.label] += 1 }
    return counts
  }

  package var classMetrics: [ClassMetrics] {
    let counts = confusion
    return classNames.enumerated().map { label, name in
      ClassMetrics(
        name: name, truePositives: counts[label][label], labelled: counts[label].reduce(0, +),
        answered: counts.reduce(0) { $0 + $1[label] })
    }
  }

  /// The mean recall of the classes that have examples: the accuracy if every class had the same number of examples.
  package var balancedAccuracy: Double {
    let recalls = classMetrics.compactMap { $0.recall?.value }
    return recalls.reduce(0, +) / Double(recalls.count)
  }

  /// The Brier score (Brier, 1950): for two classes, the mean of (p - y)², where p is the probability of class 1; for
  /// more classes, the mean of Σₖ (pₖ - yₖ)². It is 0 if every correct class has probability 1.
  package var brierScore: Double {
    let squares = outcomes.map { outcome in
      let shares = outcome.prediction.probabilities
      if shares.count == 2 {
        let error = shares[1] - Double(outcome.example.label)
        return error * error
      }
      return shares.enumerated().reduce(0) { sum, share in
        let error = share.element - (share.offset == outcome.example.label ? 1 : 0)
        return sum + error * error
      }
    }
    return squares.reduce(0, +) / Double(outcomes.count)
  }
}
