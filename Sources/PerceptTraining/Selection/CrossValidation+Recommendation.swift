import PerceptDatasets

extension CrossValidation {
  /// Returns the complexity of a candidate when it is trained on all folds but the first.
  package func complexity(of candidate: Candidate) -> Complexity {
    Complexity(candidate, examples: folds[0].training.count)
  }

  /// Returns the recommended candidate: the simplest one whose accuracy is indistinguishable from the best; of equally
  /// simple ones, the best; nil if all diverged. `results` are those of `candidates`, the best first.
  ///
  /// The highest accuracy of many candidates is partly due to chance. The recommendation therefore follows the
  /// one-standard-error rule (Breiman, Friedman, Olshen and Stone, 1984; Hastie, Tibshirani and Friedman, 2009, section
  /// 7.10), applied to the differences fold by fold; see ``CrossValidationResult/isIndistinguishable(from:)``. A
  /// candidate whose learning rate is above the largest stable one of a fold is recommended only if the same is true
  /// for all indistinguishable candidates.
  package func recommendation(among results: [CrossValidationResult], of candidates: [Candidate])
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
