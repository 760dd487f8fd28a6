import Glibc

/// How wrong one answer is, as a function of the logits z and the class y that is right.
///
/// Losses take logits, never probabilities: the logarithm of a probability that has rounded to 0 is minus infinity, and
/// 0 · log 0 is not a number; on logits nothing rounds to 0.
public enum Loss: String, Sendable, Hashable, CaseIterable {
  /// The negative log likelihood of the right class.
  ///
  /// Of one logit and the target t (the label y, 0 or 1, unless smoothed): log(1 + eᶻ) - t·z. Of several logits and targets t
  /// that add up to 1: log Σⱼ e^zⱼ - Σⱼ tⱼ·zⱼ.
  case crossEntropy

  /// The loss of one example with one logit.
  ///
  /// - Parameters:
  ///   - logit: z.
  ///   - label: t, 0 … 1.
  /// - Returns: the loss, at least 0, finite for every finite z.
  public func value(logit: Double, label: Double) -> Double {
    switch self {
    // In this order a small loss keeps its digits: the first two terms cancel exactly for label 1 and z > 0.
    case .crossEntropy: max(logit, 0) - label * logit + log1p(exp(-abs(logit)))
    }
  }

  /// dloss/dz of one example with one logit: for cross-entropy the article's dZ = A - Y.
  ///
  /// - Parameters:
  ///   - logit: z.
  ///   - label: t, 0 … 1.
  /// - Returns: a number from -1 to 1.
  public func gradient(logit: Double, label: Double) -> Double {
    switch self {
    case .crossEntropy: sigmoid(logit) - label
    }
  }

  /// The loss of one example with a logit for each class.
  ///
  /// - Parameters:
  ///   - logits: z of each class.
  ///   - targets: t of each class; they add up to 1.
  /// - Returns: the loss, at least 0, finite for finite logits.
  public func value(logits: [Double], targets: [Double]) -> Double {
    switch self {
    case .crossEntropy:
      let largest = logits.max() ?? 0
      let total = logits.reduce(0) { $0 + exp($1 - largest) }
      return log(total) + zip(logits, targets).reduce(0) { $0 + $1.1 * (largest - $1.0) }
    }
  }

  /// dloss/dz of every logit of one example: for cross-entropy softmax(z) - t.
  ///
  /// - Parameters:
  ///   - logits: z of each class.
  ///   - targets: t of each class; they add up to 1.
  /// - Returns: one number for each class.
  public func gradient(logits: [Double], targets: [Double]) -> [Double] {
    switch self {
    case .crossEntropy: zip(Activation.softmax(logits), targets).map { $0 - $1 }
    }
  }

  /// The largest eigenvalue that the second derivative by the logits can have: for cross-entropy 1/4 with one logit, 1/2 with
  /// several.
  package func largestCurvature(logits: Int) -> Double {
    switch self {
    case .crossEntropy: logits == 1 ? 0.25 : 0.5
    }
  }
}
