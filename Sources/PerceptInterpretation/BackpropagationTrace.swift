import PerceptLinearAlgebra
package import PerceptModels

/// Forward and backward propagation of one image through a single neuron: the six steps of the article with this image's numbers.
package struct BackpropagationTrace: Sendable, Hashable {
  /// The label y, 0 or 1.
  package let label: Int
  /// Σ w·x over all pixels, x between 0 and 1.
  package let product: Double
  package let bias: Double
  /// z = Σ w·x + b.
  package let logit: Double
  /// a = σ(z), the probability of class 1 before temperature calibration, as training uses it.
  package let activation: Double
  /// J = -y·log a - (1 - y)·log(1 - a).
  package let cost: Double
  /// dJ/da = (a - y) / (a·(1 - a)): -1/a for y = 1 and 1/(1 - a) for y = 0.
  package let activationGradient: Double
  /// dJ/dz = a - y, which is also dJ/db.
  package let logitGradient: Double
  /// ‖dJ/dW‖ = |a - y|·‖x‖, the norm of the gradient of the weights.
  package let weightGradientLength: Double

  /// Traces an image, `preprocessing.featureCount` bytes, with label 0 or 1 through a single neuron.
  package init(_ classifier: Classifier, features: [UInt8], label: Int) {
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
