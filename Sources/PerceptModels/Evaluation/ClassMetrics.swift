import PerceptDatasets

/// How well one class is found.
public struct ClassMetrics: Sendable, Hashable {
  /// The class.
  public let name: String
  /// How many of the class were answered with it.
  public let truePositives: Int
  /// How many examples have the class.
  public let labelled: Int
  /// How many examples were answered with it.
  public let answered: Int

  /// Of those answered with the class, the share that is right; nil where none was.
  public var precision: Proportion? { answered > 0 ? Proportion(truePositives, of: answered) : nil }

  /// Of those that have the class, the share that was found; nil where none has it.
  public var recall: Proportion? { labelled > 0 ? Proportion(truePositives, of: labelled) : nil }

  /// The harmonic mean of both, 2·TP / (labelled + answered); nil where the class is neither in labels nor in answers.
  public var f1: Double? {
    labelled + answered > 0 ? 2 * Double(truePositives) / Double(labelled + answered) : nil
  }
}

extension Evaluation {
  /// counts[label][answer].
  public var confusion: [[Int]] {
    var counts = Array(repeating: Array(repeating: 0, count: classNames.count), count: classNames.count)
    for outcome in outcomes { counts[outcome.example.label][outcome.prediction.label] += 1 }
    return counts
  }

  /// How well each class is found, in the order of the class names.
  public var classMetrics: [ClassMetrics] {
    let counts = confusion
    return classNames.enumerated().map { label, name in
      ClassMetrics(
        name: name, truePositives: counts[label][label], labelled: counts[label].reduce(0, +),
        answered: counts.reduce(0) { $0 + $1[label] })
    }
  }

  /// The mean recall of the classes that there are examples of: what the accuracy would be if all had as many.
  public var balancedAccuracy: Double {
    let recalls = classMetrics.compactMap { $0.recall?.value }
    return recalls.reduce(0, +) / Double(recalls.count)
  }

  /// The score of Brier (1950): for two classes the mean of (p - y)², with p the probability of class 1; for more, the mean of
  /// Σ (pₖ - yₖ)² over the classes. 0 where every answer is sure and right.
  public var brierScore: Double {
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
