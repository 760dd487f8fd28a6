import PerceptPlatform

/// The loss of one example, as a function of the logits z and the targets t. Logits are used for numerical stability: a
/// small probability can round to 0, where log 0 is -∞ and 0 · log 0 is NaN.
public enum Loss: String, Sendable, Hashable, CaseIterable, Codable {
  /// The negative log likelihood of the label. For one logit z and the target t (the label, 0 or 1, unless smoothed):
  /// log(1 + eᶻ) - t·z. For several logits zⱼ and targets tⱼ with sum 1: log Σⱼ e^zⱼ - Σⱼ tⱼ·zⱼ.
  case crossEntropy = "cross-entropy"

  /// Returns the loss of one example with one logit.
  ///
  /// - Parameters:
  ///   - logit: the logit z.
  ///   - label: the target t, 0 … 1.
  /// - Returns: the loss, at least 0. It is finite if z is finite.
  public func value(logit: Double, label: Double) -> Double {
    switch self {
    // This order of summation is accurate for small losses: for label 1 and z > 0, the first two terms cancel exactly.
    case .crossEntropy: max(logit, 0) - label * logit + log1p(exp(-abs(logit)))
    }
  }

  /// Returns dloss/dz of one example with one logit. For cross-entropy this is σ(z) - t, the article's dZ = A - Y.
  ///
  /// - Parameters:
  ///   - logit: the logit z.
  ///   - label: the target t, 0 … 1.
  /// - Returns: the derivative, -1 … 1.
  public func gradient(logit: Double, label: Double) -> Double {
    switch self {
    case .crossEntropy: sigmoid(logit) - label
    }
  }

  /// Returns the loss of one example with one logit for each class.
  ///
  /// - Parameters:
  ///   - logits: the logit z of each class.
  ///   - targets: the target t of each class. Their sum must be 1.
  /// - Returns: the loss, at least 0. It is finite if all logits are finite.
  public func value(logits: [Double], targets: [Double]) -> Double {
    switch self {
    case .crossEntropy:
      let largest = logits.max() ?? 0
      let total = logits.reduce(0) { $0 + exp($1 - largest) }
      return log(total) + zip(logits, targets).reduce(0) { $0 + $1.1 * (largest - $1.0) }
    }
  }

  /// Returns the loss of one example with one logit for each class, times `weight`, and replaces the logits, `stride`
  /// apart in memory, by the gradient dloss/dz times `weight`, without allocating memory. For cross-entropy, dloss/dz
  /// is softmax(z) - t. With label smoothing ε, the target of class c is (1 - ε)·[c is the label] + ε/classes.
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

  /// Returns an upper bound for the eigenvalues of the Hessian in the logits: 1/4 for one logit, 1/2 for several.
  package func largestCurvature(logits: Int) -> Double {
    switch self {
    case .crossEntropy: logits == 1 ? 0.25 : 0.5
    }
  }
}
