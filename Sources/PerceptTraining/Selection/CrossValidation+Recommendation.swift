import PerceptDatasets

extension CrossValidation {
  /// What a candidate needs to learn from all folds but one.
  ///
  /// - Parameter candidate: settings.
  /// - Returns: its parameters, its work and its penalty.
  public func complexity(of candidate: Candidate) -> Complexity {
    Complexity(candidate, examples: folds[0].training.count)
  }

  /// What to choose: the simplest candidate that is as accurate as the best but for noise, because the best of many is often the
  /// luckiest. This is the one-standard-error rule (Breiman, Friedman, Olshen and Stone, 1984; Hastie, Tibshirani and Friedman,
  /// 2009, section 7.10), on differences fold by fold, as ``Trial/isIndistinguishable(from:)`` says.
  ///
  /// A learning rate above the largest stable one of a fold is recommended only where every candidate that is as accurate has
  /// one.
  ///
  /// - Parameters:
  ///   - trials: how candidates did, the best first.
  ///   - candidates: all candidates, as they were given to ``trials(of:progress:)``.
  /// - Returns: one of the trials, of equally simple ones the best; nil where all diverged.
  public func recommendation(among results: [CrossValidationResult], of candidates: [Candidate])
    -> CrossValidationResult?
  {
    guard let best = results.first else { return nil }
    let asGood = results.filter { $0.isIndistinguishable(from: best) }
    let stable = asGood.filter { $0.unstableFolds == 0 }
    return (stable.isEmpty ? asGood : stable).min {
      complexity(of: candidates[$0.candidate]) < complexity(of: candidates[$1.candidate])
    }
  }
}
