import PerceptDatasets

/// The precision, recall, and F1 score of one class.
package struct ClassMetrics: Sendable, Hashable {
  /// The index of the class.
  package let label: Int
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

  /// The number of misclassified examples that have the class as label or as prediction.
  package var errors: Int { labelled + answered - 2 * truePositives }
}

extension Evaluation {
  /// The confusion matrix: the number of examples, `confusion[label][prediction]`. O(n + K²) for n examples and K
  /// classes.
  package var confusion: [[Int]] {
    var counts = Array(repeating: Array(repeating: 0, count: classNames.count), count: classNames.count)
    for outcome in outcomes { counts[outcome.example.label][outcome.prediction.label] += 1 }
    return counts
  }

  /// The metrics of each class, in the order of the classes. O(n + K) for n examples and K classes.
  package var classMetrics: [ClassMetrics] {
    let zeros = Array(repeating: 0, count: classNames.count)
    var (truePositives, labelled, answered) = (zeros, zeros, zeros)
    for outcome in outcomes {
      labelled[outcome.example.label] += 1
      answered[outcome.prediction.label] += 1
      if outcome.isCorrect { truePositives[outcome.example.label] += 1 }
    }
    return classNames.enumerated().map { label, name in
      ClassMetrics(
        label: label, name: name, truePositives: truePositives[label], labelled: labelled[label],
        answered: answered[label])
    }
  }

  /// The metrics of each class, the lowest F1 score first; of equal scores, the class with more errors first. Classes
  /// that occur neither as label nor as prediction have no F1 score and are last.
  package var classMetricsByF1: [ClassMetrics] {
    func rank(_ metrics: ClassMetrics) -> (Double, Int, Int) { (metrics.f1 ?? 2, -metrics.errors, metrics.label) }
    return classMetrics.sorted { rank($0) < rank($1) }
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
