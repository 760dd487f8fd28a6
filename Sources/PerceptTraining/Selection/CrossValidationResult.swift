/// How a candidate of a ``CrossValidation`` did.
public struct CrossValidationResult: Sendable, Hashable {
  /// How it did on one fold.
  public struct Fold: Sendable, Hashable {
    /// The share of right answers on the pictures left out, 0 … 1.
    public let accuracy: Double
    /// The mean loss on the pictures left out.
    public let cost: Double
    /// The learning rate that was used.
    public let learningRate: Double
    /// The largest stable learning rate on the fold; nil where nobody knows it.
    public let stableLearningRate: Double?

    package init(accuracy: Double, cost: Double, learningRate: Double, stableLearningRate: Double?) {
      self.accuracy = accuracy
      self.cost = cost
      self.learningRate = learningRate
      self.stableLearningRate = stableLearningRate
    }
  }

  /// Its place in the list of candidates.
  public let candidate: Int
  /// How it did on each fold; none where it diverged.
  public let folds: [Fold]

  package init(candidate: Int, folds: [Fold]) {
    self.candidate = candidate
    self.folds = folds
  }

  /// Whether its weights overflowed on a fold.
  public var isDiverged: Bool { folds.isEmpty }
  /// The accuracy over the folds; nil where it diverged.
  public var accuracy: SampleStatistics? { SampleStatistics(folds.map(\.accuracy)) }
  /// The cost over the folds; nil where it diverged.
  public var cost: SampleStatistics? { SampleStatistics(folds.map(\.cost)) }
  /// The learning rate over the folds; nil where it diverged.
  public var learningRate: SampleStatistics? { SampleStatistics(folds.map(\.learningRate)) }
  /// On how many folds its learning rate is above the largest stable one.
  public var unstableFolds: Int {
    folds.count { fold in fold.stableLearningRate.map { fold.learningRate > $0 } ?? false }
  }

  /// Whether another trial on the same folds is as accurate but for noise: the mean of the differences, fold by fold, is no
  /// further from 0 than its own standard error. One picture in one fold lies exactly there, and counts as noise.
  ///
  /// Training parts of different folds overlap, so that this is a rule of thumb and no test of significance.
  public func isIndistinguishable(from other: CrossValidationResult) -> Bool {
    guard !isDiverged, !other.isDiverged,
      let difference = SampleStatistics(zip(folds, other.folds).map { $0.accuracy - $1.accuracy })
    else { return false }
    // A hair of tolerance, for the rounding of what is exactly equal.
    return abs(difference.mean) <= difference.standardError * (1 + 1e-9)
  }
}

extension CrossValidationResult: Comparable {
  /// Whether `a` is the better one: by mean accuracy, then mean cost, then its place in the list.
  public static func < (a: CrossValidationResult, b: CrossValidationResult) -> Bool {
    func key(_ result: CrossValidationResult) -> (Double, Double, Int) {
      (-(result.accuracy?.mean ?? -1), result.cost?.mean ?? .infinity, result.candidate)
    }
    return key(a) < key(b)
  }
}
