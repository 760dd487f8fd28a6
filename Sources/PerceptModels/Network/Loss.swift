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

  /// The loss of one example with a logit for each class, whose logits become dloss/dz: for cross-entropy softmax(z) - t. The
  /// target of class c is (1 - ε)·[c is the label] + ε/classes. Takes no memory.
  ///
  /// - Parameters:
  ///   - logits: z of each class; becomes the gradient.
  ///   - stride: from one class's number to the next one's.
  ///   - classes: how many there are, at least 1.
  ///   - label: the class that is right.
  ///   - smoothing: ε.
  ///   - weight: what loss and gradient are multiplied by.
  /// - Returns: the loss.
  package func replace(
    logits: UnsafeMutablePointer<Double>, stride: Int = 1, classes: Int, label: Int, smoothing: Double, weight: Double
  ) -> Double {
    let low = smoothing / Double(classes)
    let high = 1 - smoothing + low
    switch self {
    case .crossEntropy:
      var largest = logits[0]
      for c in 1..<classes { largest = max(largest, logits[c * stride]) }
      var (powers, evidence) = (0.0, 0.0)
      for c in 0..<classes {
        let z = logits[c * stride] - largest
        evidence += (c == label ? high : low) * z
        logits[c * stride] = exp(z)
        powers += logits[c * stride]
      }
      for c in 0..<classes {
        logits[c * stride] = weight * (logits[c * stride] / powers - (c == label ? high : low))
      }
      return weight * (log(powers) - evidence)
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
