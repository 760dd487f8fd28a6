/// The result of a candidate of a ``CrossValidation``.
package struct CrossValidationResult: Sendable, Hashable {
  package struct Fold: Sendable, Hashable {
    package let accuracy: Double
    /// The mean loss on the validation images.
    package let cost: Double
    /// The learning rate before the schedule is applied.
    package let learningRate: Double
    /// The largest stable learning rate on the fold; nil if it is unknown.
    package let stableLearningRate: Double?

    package init(accuracy: Double, cost: Double, learningRate: Double, stableLearningRate: Double?) {
      self.accuracy = accuracy
      self.cost = cost
      self.learningRate = learningRate
      self.stableLearningRate = stableLearningRate
    }
  }

  /// The index of the candidate in the list of candidates.
  package let candidate: Int
  /// The result on each fold; empty if the candidate diverged.
  package let folds: [Fold]

  package init(candidate: Int, folds: [Fold]) {
    self.candidate = candidate
    self.folds = folds
  }

  package var isDiverged: Bool { folds.isEmpty }
  /// The statistics over the folds; nil if the candidate diverged.
  package var accuracy: SampleStatistics? { SampleStatistics(folds.map(\.accuracy)) }
  package var cost: SampleStatistics? { SampleStatistics(folds.map(\.cost)) }
  package var learningRate: SampleStatistics? { SampleStatistics(folds.map(\.learningRate)) }
  /// The number of folds on which the learning rate is above the largest stable one.
  package var unstableFolds: Int {
    folds.count { fold in fold.stableLearningRate.map { fold.learningRate > $0 } ?? false }
  }

  /// Returns whether the accuracy is indistinguishable from that of another result on the same folds: the absolute mean
  /// of the differences, fold by fold, is at most their standard error. Both are equal for a difference of one image in
  /// one fold. This is a rule of thumb, not a significance test, because the training splits of different folds
  /// overlap.
  package func isIndistinguishable(from other: CrossValidationResult) -> Bool {
    guard !isDiverged, !other.isDiverged,
      let difference = SampleStatistics(zip(folds, other.folds).map { $0.accuracy - $1.accuracy })
    else { return false }
    // The tolerance allows for rounding errors if both are equal.
    return abs(difference.mean) <= difference.standardError * (1 + 1e-9)
  }
}

extension CrossValidationResult: Comparable {
  /// Returns whether `a` is better: by mean accuracy, then by mean cost, then by index.
  package static func < (a: CrossValidationResult, b: CrossValidationResult) -> Bool {
    func key(_ result: CrossValidationResult) -> (Double, Double, Int) {
      (-(result.accuracy?.mean ?? -1), result.cost?.mean ?? .infinity, result.candidate)
    }
    return key(a) < key(b)
  }
}
