import PerceptDatasets
import PerceptPlatform

// Temperature scaling (Guo, Pleiss, Sun and Weinberger, 2017) divides logits by one number T to calibrate the
// probabilities. It changes no prediction.
extension Evaluation {
  /// The temperature with the lowest log loss, as measured by ``cost(_:)``, on these images, which should belong
  /// neither to the training split nor to the test split. Nil if there is none: if every prediction is correct, the log
  /// loss decreases as the temperature approaches 0; if predictions are unrelated to labels, it decreases as it grows.
  package var bestTemperature: Double? {
    // The log loss is convex in β = 1/T.
    guard slope(at: 0).first < 0, outcomes.contains(where: \.isContradicted) else { return nil }
    var (low, high) = (0.0, 1.0)
    while slope(at: high).first <= 0 {
      (low, high) = (high, 2 * high)
      guard high.isFinite else { return nil }
    }
    // Newton's method; a step that leaves the interval is replaced by a bisection.
    var beta = (low + high) / 2
    for _ in 0..<200 {
      let (first, second) = slope(at: beta)
      if abs(first) <= 1e-13 * beta * second { break }
      if first > 0 { high = beta } else { low = beta }
      let next = beta - first / second
      beta = next > low && next < high ? next : (low + high) / 2
    }
    return 1 / beta
  }

  /// Returns the first and second derivative of the log loss with respect to β = 1/T: the means, over the images, of
  /// Σ p·z - z_label and of the variance of z under p.
  private func slope(at beta: Double) -> (first: Double, second: Double) {
    var (first, second) = (0.0, 0.0)
    for outcome in outcomes {
      let (logits, label) = (outcome.prediction.logits, outcome.example.label)
      if logits.count == 1 {
        let p = sigmoid(beta * logits[0])
        first += logits[0] * (p - Double(label))
        second += logits[0] * logits[0] * p * sigmoid(-beta * logits[0])
      } else {
        let shares = Activation.softmax(logits.map { beta * $0 })
        let mean = zip(shares, logits).reduce(0) { $0 + $1.0 * $1.1 }
        first += mean - logits[label]
        second += zip(shares, logits).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
      }
    }
    return (first / Double(outcomes.count), second / Double(outcomes.count))
  }
}

extension Evaluation.Outcome {
  /// Whether another class has a larger logit than the label.
  fileprivate var isContradicted: Bool {
    let (logits, label) = (prediction.logits, example.label)
    if logits.count == 1 { return label == 1 ? logits[0] < 0 : logits[0] > 0 }
    return logits.contains { $0 > logits[label] }
  }
}
