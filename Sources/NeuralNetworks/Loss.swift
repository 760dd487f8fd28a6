import Glibc

/// How wrong one answer is, as a function of the logit z and the label y.
///
/// Losses take logits, never probabilities: the logarithm of a probability that has rounded to 0 is minus infinity, and
/// 0 · log 0 is not a number; on logits nothing rounds to 0.
public enum Loss: String, Sendable, Hashable, CaseIterable {
  /// -y·log σ(z) - (1 - y)·log(1 - σ(z)) = log(1 + eᶻ) - y·z, the negative log likelihood of label y in {0, 1}.
  case crossEntropy

  /// The loss of one example.
  ///
  /// - Parameters:
  ///   - logit: z.
  ///   - label: y, 0 or 1.
  /// - Returns: the loss, at least 0, finite for every finite z.
  public func value(logit: Double, label: Double) -> Double {
    switch self {
    // In this order a small loss keeps its digits: the first two terms cancel exactly for label 1 and z > 0.
    case .crossEntropy: max(logit, 0) - label * logit + log1p(exp(-abs(logit)))
    }
  }

  /// dloss/dz of one example: for cross-entropy the article's dZ = A - Y.
  ///
  /// - Parameters:
  ///   - logit: z.
  ///   - label: y, 0 or 1.
  /// - Returns: a number from -1 to 1.
  public func gradient(logit: Double, label: Double) -> Double {
    switch self {
    case .crossEntropy: sigmoid(logit) - label
    }
  }

  /// The largest value that d²loss/dz² can take: 1/4 for cross-entropy, at z = 0.
  package var largestCurvature: Double {
    switch self {
    case .crossEntropy: 0.25
    }
  }
}
