import PerceptDatasets

/// A significance test of a classifier against always answering the most frequent class.
public struct Verdict: Sendable, Hashable {
  /// The proportion of correct predictions.
  public let accuracy: Proportion
  /// The proportion of correct predictions if the answer is always ``majorityClass``.
  public let baseline: Proportion
  /// The most frequent class.
  public let majorityClass: String
  /// The paired comparison of the classifier (first) with the baseline (second).
  package let comparison: PairedComparison

  package init(accuracy: Proportion, baseline: Proportion, majorityClass: String, comparison: PairedComparison) {
    (self.accuracy, self.baseline, self.majorityClass, self.comparison) = (
      accuracy, baseline, majorityClass, comparison
    )
  }

  package var finding: PairedComparison.Finding { comparison.finding }

  /// The number of additional images needed for a significant result if the proportions stay the same; nil if the
  /// result is significant, or if there is no difference.
  public var morePictures: Int? { comparison.moreNeeded }

  /// The result as a sentence.
  public var sentence: String {
    let always = "always answering \"\(majorityClass)\""
    switch finding {
    case .better: return "Significantly better than \(always) (p < 0.05)."
    case .worse: return "Significantly worse than \(always) (p < 0.05)."
    case .undecided:
      let images = counted(comparison.count, "image")
      if comparison.onlyFirst == comparison.onlySecond {
        return "No difference from \(always): both are correct equally often."
      }
      return comparison.onlyFirst < comparison.onlySecond
        ? "Not better than \(always) on \(images): the accuracy is lower, but not significantly."
        : "No significant difference from \(always) on \(images): the accuracy is higher\(comparison.need)."
    }
  }
}

extension Evaluation {
  /// The significance test of these predictions against always answering the most frequent class.
  public var verdict: Verdict {
    let majority = classNames.firstIndex(of: score.majorityClass) ?? 0
    return Verdict(
      accuracy: Proportion(score.correct, of: score.count), baseline: Proportion(score.majorityCount, of: score.count),
      majorityClass: score.majorityClass,
      comparison: PairedComparison(outcomes.map(\.isCorrect), outcomes.map { $0.example.label == majority }))
  }

  /// Compares this evaluation (first) with another one on the same images (second).
  package func compared(with other: Evaluation) -> PairedComparison {
    precondition(
      outcomes.map(\.example) == other.outcomes.map(\.example), "both evaluations must be on the same images")
    return PairedComparison(outcomes.map(\.isCorrect), other.outcomes.map(\.isCorrect))
  }
}
