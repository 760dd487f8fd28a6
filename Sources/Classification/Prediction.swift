import NeuralNetworks

/// A classifier's answer for one picture.
public struct Prediction: Sendable, Hashable {
  /// The probability of each class, in the order of the class names; they add up to 1.
  public let probabilities: [Double]
  /// The index of the answered class, the most probable one: with two classes class 1 where its probability is above 0.5,
  /// with more the first of equals.
  public let label: Int
  /// The evidence before the sigmoid or softmax: one number z, above 0 for class 1, or one for each of more than two classes.
  public let logits: [Double]

  /// The answer of a network with these logits.
  ///
  /// Of two classes, class 0 gets σ(-z), which keeps its digits where 1 - σ(z) would lose them.
  package init(logits: [Double]) {
    self.logits = logits
    if logits.count == 1 {
      probabilities = [sigmoid(-logits[0]), sigmoid(logits[0])]
      label = probabilities[1] > 0.5 ? 1 : 0
    } else {
      probabilities = Activation.softmax(logits)
      label = logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 }
    }
  }

  /// The probability of the answered class.
  public var probability: Double { probabilities[label] }
}
