package import PerceptModels

/// Forward and backward propagation of one image through a layer with one neuron per class and softmax.
package struct SoftmaxTrace: Sendable, Hashable {
  /// The label y, the index of a class.
  package let label: Int
  /// z = W·x + b of each class.
  package let logits: [Double]
  /// a = softmax(z), the probability of each class before temperature calibration, as training uses it.
  package let activations: [Double]
  /// J = -log a of the label.
  package let cost: Double
  /// dJ/dz = a - y, where y is 1 for the label and 0 for the other classes; also dJ/db.
  package let logitGradients: [Double]
  /// ‖dJ/dW‖ = ‖a - y‖·‖x‖, the norm of the gradient of all weights.
  package let weightGradientLength: Double

  /// Traces an image, `preprocessing.featureCount` bytes, through a single layer with at least three classes.
  package init(_ classifier: Classifier, features: [UInt8], label: Int) {
    let z = features.withUnsafeBufferPointer { classifier.predict($0).logits }
    let targets = z.indices.map { $0 == label ? 1.0 : 0 }
    self.label = label
    logits = z
    activations = Activation.softmax(z)
    cost = Loss.crossEntropy.value(logits: z, targets: targets)
    logitGradients = zip(activations, targets).map { $0 - $1 }
    let squares = logitGradients.reduce(0) { $0 + $1 * $1 }
    weightGradientLength =
      squares.squareRoot() * features.reduce(0) { $0 + (Double($1) / 255) * (Double($1) / 255) }.squareRoot()
  }

  /// At most `limit` classes in order: the label, and those with the largest probabilities.
  package func mainClasses(atMost limit: Int) -> [Int] {
    let others = activations.indices.filter { $0 != label }
      .sorted { (activations[$1], $0) < (activations[$0], $1) }
    return ([label] + others.prefix(limit - 1)).sorted()
  }
}
