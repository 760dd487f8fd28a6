import PerceptDatasets

/// What the answers for some pictures prove about a classifier, compared with always answering the most frequent class.
public struct Verdict: Sendable, Hashable {
  /// The share of right answers.
  public let accuracy: Proportion
  /// The share that always answering ``majorityClass`` gets right.
  public let baseline: Proportion
  /// The class that most of the pictures have.
  public let majorityClass: String
  /// The classifier against the baseline, picture by picture.
  public let comparison: PairedComparison

  package init(accuracy: Proportion, baseline: Proportion, majorityClass: String, comparison: PairedComparison) {
    (self.accuracy, self.baseline, self.majorityClass, self.comparison) = (
      accuracy, baseline, majorityClass, comparison
    )
  }

  /// Whether the classifier is better or worse, at 95 % confidence.
  public var finding: PairedComparison.Finding { comparison.finding }

  /// How many more pictures would settle it, if they come out as these did; nil where it is settled, or where these show no
  /// difference at all.
  public var morePictures: Int? { comparison.moreNeeded }

  /// The finding in a sentence.
  public var sentence: String {
    let always = "always answering \(majorityClass)"
    switch finding {
    case .better: return "Better than \(always)."
    case .worse: return "Worse than \(always)."
    case .undecided:
      guard let more = morePictures else {
        return "Not better than \(always): on these pictures both are right equally often."
      }
      let tendency = comparison.onlyFirst > comparison.onlySecond ? "better" : "worse"
      return "Not better than \(always), as far as \(counted(comparison.count, "picture")) can tell: it looks "
        + "\(tendency), and about \(PairedComparison.rounded(more)) more would settle it."
    }
  }
}

extension Evaluation {
  /// What these answers prove.
  public var verdict: Verdict {
    let majority = classNames.firstIndex(of: score.majorityClass) ?? 0
    return Verdict(
      accuracy: Proportion(score.correct, of: score.count), baseline: Proportion(score.majorityCount, of: score.count),
      majorityClass: score.majorityClass,
      comparison: PairedComparison(outcomes.map(\.isCorrect), outcomes.map { $0.example.label == majority }))
  }

  /// This classifier against another one on the same pictures.
  ///
  /// - Parameter other: an evaluation on the same dataset.
  /// - Returns: which pictures only one of them got right.
  public func compared(with other: Evaluation) -> PairedComparison {
    precondition(outcomes.map(\.example) == other.outcomes.map(\.example), "both are evaluated on the same pictures")
    return PairedComparison(outcomes.map(\.isCorrect), other.outcomes.map(\.isCorrect))
  }
}
