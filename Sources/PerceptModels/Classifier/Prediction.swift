/// A classifier's answer for one picture.
public struct Prediction: Sendable, Hashable {
  /// The probability of each class, in the order of the class names; they add up to 1.
  public let probabilities: [Double]
  /// The index of the answered class, the most probable one: with two classes class 1 where its probability is above 0.5,
  /// with more the first of equals.
  public let label: Int
  /// The evidence before the sigmoid or softmax: one number z, above 0 for class 1, or one for each of more than two classes.
  public let logits: [Double]
  /// T of the classifier: probabilities are σ(z/T) or softmax(z/T), while logits are what weights and pixels add up to.
  public let temperature: Double

  /// The answer of a network with these logits.
  ///
  /// Of two classes, class 0 gets σ(-z/T), which keeps its digits where 1 - σ(z/T) would lose them. The answered class follows from
  /// the logits alone, so that no temperature changes it.
  package init(logits: [Double], temperature: Double = 1) {
    self.logits = logits
    self.temperature = temperature
    if logits.count == 1 {
      let z = logits[0] / temperature
      probabilities = [sigmoid(-z), sigmoid(z)]
      label = sigmoid(logits[0]) > 0.5 ? 1 : 0
    } else {
      probabilities = Activation.softmax(temperature == 1 ? logits : logits.map { $0 / temperature })
      label = logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 }
    }
  }

  /// The probability of the answered class.
  public var probability: Double { probabilities[label] }

  /// What the sigmoid or softmax is given: z/T.
  var scaledLogits: [Double] { logits.map { $0 / temperature } }
}
