/// A prediction as machines read it, `{"class": …, "probabilities": {…}, "probability": …}`: the same on the command line
/// and over HTTP.
package struct NamedPrediction: Encodable, Sendable {
  package let `class`: String
  package let probability: Double
  package let probabilities: [String: Double]

  /// - Parameters:
  ///   - prediction: the answer.
  ///   - classNames: what labels are called.
  ///   - instead: what stands in place of the class, if anything does.
  package init(_ prediction: Prediction, classNames: [String], instead: String? = nil) {
    `class` = instead ?? classNames[prediction.label]
    probability = prediction.probability
    probabilities = Dictionary(uniqueKeysWithValues: zip(classNames, prediction.probabilities))
  }
}
