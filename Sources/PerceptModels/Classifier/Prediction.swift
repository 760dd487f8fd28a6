/// The prediction of a classifier for one image.
public struct Prediction: Sendable, Hashable {
  /// The probability of each class, in the order of the class names. The sum is 1.
  public let probabilities: [Double]
  /// The index of the predicted class, which is the most probable one. For two classes, it is 1 if the probability of
  /// class 1 is above 0.5, otherwise 0. For more classes, it is the first of equally probable ones.
  public let label: Int
  /// The logits z, before the temperature and the sigmoid or softmax: for two classes one number, positive for class 1;
  /// for more classes, one number for each class.
  public let logits: [Double]
  /// The temperature T of the classifier. The probabilities are σ(z/T) or softmax(z/T).
  public let temperature: Double

  /// For two classes, the probability of class 0 is computed as σ(-z/T), which is more accurate than 1 - σ(z/T). The
  /// predicted class is computed from the logits alone, so it does not depend on the temperature.
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

  /// The probability of the predicted class.
  public var probability: Double { probabilities[label] }

  /// The input of the sigmoid or softmax, z/T.
  var scaledLogits: [Double] { logits.map { $0 / temperature } }
}
