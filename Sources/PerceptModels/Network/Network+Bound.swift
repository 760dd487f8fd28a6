import PerceptLinearAlgebra

extension Network {
  /// The limit of logits, and of all sums on the way to them: 10¹⁰⁰. Training and model files keep to it.
  ///
  /// No useful network comes close: with 10 layers of 1000 units and weights of 0.03, the bound is below 10²⁰. Below the
  /// limit, nothing overflows that is computed from a prediction: losses grow linearly with logits; variances, and the
  /// squares of weights and of margins, are at most 10²⁰⁰, and no data has the 10¹⁰⁸ terms that their sum would need.
  package static let largestLogit = 1e100

  /// Whether the logits of every image, and the logits divided by a temperature, are at most ``largestLogit``. If a weight
  /// or a bias is not finite, they are not.
  package func isBounded(temperature: Double = 1) -> Bool {
    // The first layer computes sums of bytes and divides them by 255.
    var bound = 255.0
    for layer in layers {
      guard let next = layer.bound(inputs: bound) else { return false }
      bound = next
    }
    return bound / temperature <= Self.largestLogit
  }
}

extension DenseLayer {
  /// Returns an upper bound for the absolute values of the pre-activations and the activations, if those of the inputs
  /// are at most `inputs`; nil if it exceeds the limit.
  fileprivate func bound(inputs: Double) -> Double? {
    // Sigmoid and softmax can exceed their pre-activations, but not 1.
    var bound = 1.0
    for unit in bias.indices {
      let row = weights.elements[unit * weights.columns..<(unit + 1) * weights.columns]
      let sum = row.reduce(abs(bias[unit])) { $0 + abs($1) * inputs }
      guard sum <= Network.largestLogit else { return nil }
      bound = max(bound, sum)
    }
    return bound
  }
}
