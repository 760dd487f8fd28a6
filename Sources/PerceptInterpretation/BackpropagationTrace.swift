import PerceptLinearAlgebra
public import PerceptModels

/// One picture's way through the neuron, forward to its cost and backward to the gradients: the article's six steps with
/// this picture's numbers.
public struct BackpropagationTrace: Sendable, Hashable {
  /// y, 0 or 1.
  public let label: Int
  /// Σ w·x over all pixels, x between 0 and 1.
  public let product: Double
  /// b.
  public let bias: Double
  /// z = Σ w·x + b.
  public let logit: Double
  /// a = σ(z), the probability of class 1 as training sees it, before any calibration.
  public let activation: Double
  /// J = -y·log a - (1 - y)·log(1 - a).
  public let cost: Double
  /// dJ/da = (a - y) / (a·(1 - a)): -1/a for y = 1 and 1/(1 - a) for y = 0.
  public let activationGradient: Double
  /// dJ/dz = a - y, which is also dJ/db.
  public let logitGradient: Double
  /// ‖dJ/dW‖ = |a - y|·‖x‖, the length of the gradient of all weights.
  public let weightGradientLength: Double

  /// The steps of one picture.
  ///
  /// - Parameters:
  ///   - classifier: the neuron.
  ///   - features: `preprocessing.featureCount` bytes.
  ///   - label: the class that the picture has, 0 or 1.
  public init(_ classifier: Classifier, features: [UInt8], label: Int) {
    let z = features.withUnsafeBufferPointer { classifier.predict($0).logits[0] }
    self.label = label
    bias = classifier.network.layers[0].bias[0]
    logit = z
    product = z - bias
    activation = sigmoid(z)
    cost = Loss.crossEntropy.value(logit: z, label: Double(label))
    activationGradient = label == 1 ? -1 / sigmoid(z) : 1 / sigmoid(-z)
    logitGradient = Loss.crossEntropy.gradient(logit: z, label: Double(label))
    let length = features.reduce(0) { $0 + (Double($1) / 255) * (Double($1) / 255) }.squareRoot()
    weightGradientLength = abs(logitGradient) * length
  }
}
