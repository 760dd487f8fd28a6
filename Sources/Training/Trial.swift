/// How a candidate of a ``CrossValidation`` did.
public struct Trial: Sendable, Hashable {
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
  }

  /// Its place in the list of candidates.
  public let candidate: Int
  /// How it did on each fold; none where it diverged.
  public let folds: [Fold]

  /// Whether its weights overflowed on a fold.
  public var isDiverged: Bool { folds.isEmpty }
  /// The accuracy over the folds; nil where it diverged.
  public var accuracy: Spread? { Spread(folds.map(\.accuracy)) }
  /// The cost over the folds; nil where it diverged.
  public var cost: Spread? { Spread(folds.map(\.cost)) }
  /// The learning rate over the folds; nil where it diverged.
  public var learningRate: Spread? { Spread(folds.map(\.learningRate)) }
  /// On how many folds its learning rate is above the largest stable one.
  public var unstableFolds: Int {
    folds.count { fold in fold.stableLearningRate.map { fold.learningRate > $0 } ?? false }
  }

  /// Whether another trial on the same folds is as accurate but for noise: the mean of the differences, fold by fold, is 0 or
  /// below one standard error of itself.
  ///
  /// Training parts of different folds overlap, so that this is a rule of thumb and no test of significance.
  public func isIndistinguishable(from other: Trial) -> Bool {
    guard !isDiverged, !other.isDiverged,
      let difference = Spread(zip(folds, other.folds).map { $0.accuracy - $1.accuracy })
    else { return false }
    return difference.mean == 0 || abs(difference.mean) < difference.standardError
  }
}

extension Trial: Comparable {
  /// Whether `a` is the better one: by mean accuracy, then mean cost, then its place in the list.
  public static func < (a: Trial, b: Trial) -> Bool {
    func key(_ trial: Trial) -> (Double, Double, Int) {
      (-(trial.accuracy?.mean ?? -1), trial.cost?.mean ?? .infinity, trial.candidate)
    }
    return key(a) < key(b)
  }
}
