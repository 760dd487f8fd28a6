import NeuralNetworks

/// A classifier's answer for one picture.
public struct Prediction: Sendable, Hashable {
  /// The probability of each class, in the order of the class names; they add up to 1.
  public let probabilities: [Double]
  /// The index of the answered class: class 1 where its probability is above 0.5, else class 0.
  public let label: Int
  /// The logit z: the evidence before the sigmoid, above 0 for class 1.
  public let logit: Double

  /// The answer of a neuron with this logit.
  ///
  /// Class 0 gets σ(-z), which keeps its digits where 1 - σ(z) would lose them.
  init(logit: Double) {
    self.logit = logit
    probabilities = [sigmoid(-logit), sigmoid(logit)]
    label = probabilities[1] > 0.5 ? 1 : 0
  }

  /// The probability of the answered class.
  public var probability: Double { probabilities[label] }
}
